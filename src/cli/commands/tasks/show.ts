import path from "node:path";
import { BUNDLED_DATA } from "../../../bundled.js";
import { GlmEvalError } from "../../../errors.js";
import { snakeKeys } from "../../../json.js";
import type { TasksShowOptions } from "../../../options/index.js";
import type { Answer, Cloze, ClozeQuestion } from "../../../patterns/index.js";
import { choosePatterns, getFewshotOptions, loadPool, makeQuestions } from "../../../runner/index.js";
import type { LoadedReader, Preview } from "../../../scoring/index.js";
import { type Example, findTask, goldTexts } from "../../../tasks/index.js";
import { plainTable } from "../../terminal/plain-table.js";
import { createProgress } from "../../terminal/progress.js";
import { getDownloadOptions, loadReaderWithProgress } from "../load-with-progress.js";
import { cutText, cutWords } from "./cut-middle.js";

/** The question of one example by one pattern. `tokens` and what depends on them are set only with a model. */
interface Shown {
  readonly task: string;
  readonly pattern: string;
  readonly example: string;
  readonly label: string | null;
  readonly gold: readonly string[] | null;
  readonly texts: readonly ShownText[];
  /** ids of the few-shot examples before it, in order */
  readonly shots?: readonly string[] | undefined;
  /** maximum number of tokens cut from the text; null if it cannot be made to fit */
  readonly cut?: number | null | undefined;
}

interface ShownText {
  /** whether the space before the blank belongs to the answers */
  readonly spaceBeforeBlank: boolean;
  readonly parts: readonly ShownPart[];
  readonly answers: readonly ShownAnswer[];
  /** number of few-shot examples that are dropped, starting with the first, to make it fit */
  readonly shotsDropped?: number;
  /** the model's inputs with their tokens in order; null at the positions of the answer's tokens */
  readonly reads?: readonly { readonly input: string; readonly tokens: readonly (Token | null)[] }[];
}

interface Token {
  readonly id: number;
  readonly token: string;
}

interface ShownPart {
  readonly kind: "text" | "blank" | "segment";
  readonly text?: string;
  readonly shortenable?: boolean;
  /** index of the few-shot example that it belongs to, from 0 */
  readonly shot?: number;
  readonly tokens?: readonly Token[];
  /** number of tokens that remain when the text is cut */
  readonly kept?: number;
}

interface ShownAnswer {
  readonly text: string;
  readonly label: string | null;
  readonly isGold: boolean;
  readonly tokens?: readonly Token[];
}

/** `glm-eval tasks show TASK`: shows the questions of the first examples as the model reads them in a run with the same options. */
export async function show(options: TasksShowOptions): Promise<void> {
  const task = await findTask(options.task);
  const { patterns: ids, model, number: limit } = options;
  const patterns = choosePatterns(task, ids);
  const fewshot = getFewshotOptions(options);
  const progress = createProgress();
  const reader =
    model === undefined ? undefined : await loadReaderWithProgress({ ...options, model }, progress);
  const splits = Object.keys(task.dataFiles);
  const split = options.split ?? splits.find((name) => name === "validation") ?? splits[0]!;
  const from = {
    root: path.resolve(options.data ?? BUNDLED_DATA),
    downloads: getDownloadOptions(options, progress),
  };
  const dataset = await task.load({ ...from, split, limit });
  const pool = fewshot && (await loadPool(task, from));
  progress.end();
  const ready = { task, status: "ready", dataset, pool, patterns } as const;
  const shown = patterns.flatMap((pattern) => {
    const { question, shown: before } = makeQuestions({ ready, pattern }, { fewshot });
    return dataset.examples.map((example, k): Shown => {
      const rendered = question(k);
      return {
        task: task.name,
        pattern: pattern.id,
        example: example.id,
        label: example.label ?? null,
        gold: goldTexts(example, rendered.clozes) ?? null,
        shots: before[k]?.ids,
        ...toShownQuestion(rendered, example, reader),
      };
    });
  });
  if (options.json) process.stdout.write(`${JSON.stringify(snakeKeys(shown), null, 2)}\n`);
  else {
    const cut = options.full ? NO_CUT : { text: cutText, words: cutWords };
    process.stdout.write(`${shown.map((each) => formatShown(each, cut)).join("\n")}${LEGEND}`);
  }
}

function toShownQuestion(
  question: ClozeQuestion,
  example: Example,
  reader: LoadedReader | undefined,
): Pick<Shown, "texts" | "cut"> {
  const gold = goldTexts(example, question.clozes);
  const toShownAnswer = ({ text, label }: Answer): ShownAnswer => ({
    text,
    label: label ?? null,
    isGold: label === undefined ? (gold?.includes(text.trim()) ?? false) : label === example.label,
  });
  const toShownText = ({ pattern: { spaceBeforeBlank, parts }, answers }: Cloze): ShownText => ({
    spaceBeforeBlank,
    parts,
    answers: answers.map(toShownAnswer),
  });
  if (reader === undefined) return { texts: question.clozes.map(toShownText) };
  const token = (id: number): Token => ({ id, token: reader.token(id) });
  const previews = getPreviews(question, reader);
  if (previews === undefined) {
    const encodeTokens = (text: string, first = false) => reader.encode(text, { first }).map(token);
    const texts = question.clozes.map(toShownText).map((shown) => ({
      ...shown,
      parts: shown.parts.map((part, k) =>
        part.kind === "text" ? { ...part, tokens: encodeTokens(part.text!, k === 0) } : part,
      ),
      answers: shown.answers.map((answer) => ({ ...answer, tokens: encodeTokens(answer.text) })),
    }));
    return { texts, cut: null };
  }
  return {
    texts: groupByText(previews, question.clozes).map(({ cloze, parts, reads, answers, shotsDropped }) => ({
      spaceBeforeBlank: cloze.pattern.spaceBeforeBlank,
      parts: cloze.pattern.parts.map((part, k) => {
        const { ids, kept } = parts[k]!;
        return part.kind === "text" ? { ...part, tokens: ids.map(token), kept } : part;
      }),
      answers: answers.map(({ answer, ids }) => ({ ...toShownAnswer(answer), tokens: ids.map(token) })),
      reads: reads.map(({ input, tokens }) => ({
        input,
        tokens: tokens.map((id) => (id === null ? null : token(id))),
      })),
      ...(shotsDropped > 0 && { shotsDropped }),
    })),
    cut: Math.max(...previews.map(({ prepared }) => prepared.cut)),
  };
}

/** Returns the model's inputs for a question; undefined if it cannot be made to fit. */
function getPreviews(question: ClozeQuestion, reader: LoadedReader): Preview[] | undefined {
  try {
    return reader.preview(question);
  } catch (error) {
    if (error instanceof GlmEvalError) return undefined;
    throw error;
  }
}

interface SameText extends Pick<Preview, "parts" | "reads"> {
  readonly cloze: Cloze;
  readonly shotsDropped: number;
  readonly answers: { readonly answer: Answer; readonly ids: readonly number[] }[];
}

/** Groups answers by the text in which they are scored, even if each is scored separately. */
function groupByText(previews: readonly Preview[], clozes: readonly Cloze[]): SameText[] {
  const texts = new Map<string, SameText>();
  const next = clozes.map(() => 0);
  for (const { cloze: number, prepared, parts, reads } of previews) {
    const cloze = clozes[number]!;
    const key = JSON.stringify([number, reads]);
    const { shotsDropped = 0 } = prepared;
    const text = texts.get(key) ?? { cloze, parts, reads, shotsDropped, answers: [] };
    texts.set(key, text);
    for (const ids of prepared.answers) text.answers.push({ answer: cloze.answers[next[number]!++]!, ids });
  }
  return [...texts.values()];
}

/** How long texts and lists of tokens are shortened. */
interface Cut {
  text(text: string): string;
  words(words: readonly string[]): string;
}

const NO_CUT: Cut = { text: (text) => text, words: (words) => words.join(" ") };

function formatShown(shown: Shown, cutLong: Cut): string {
  const { task, pattern, example, label, gold, texts, cut, shots = [] } = shown;
  const answer = label ?? gold?.map(quoted).join(" or ");
  const head = `${task} ${pattern}, example ${example}, gold: ${answer ?? "none"}`;
  const dropped = shots.slice(0, Math.max(...texts.map(({ shotsDropped = 0 }) => shotsDropped)));
  const droppedNote = dropped.length > 0 ? ` (dropped: ${dropped.join(", ")})` : "";
  const before = shots.length > 0 ? `, few-shot examples: ${shots.join(", ")}${droppedNote}` : "";
  const cutNote = cut === null ? ", does not fit" : cut ? `, ${cut} tokens cut` : "";
  return `${[head + before + cutNote, ...texts.map((text) => formatText(text, cutLong))].join("\n\n")}\n`;
}

function formatText(
  { answers, spaceBeforeBlank, reads = [], shotsDropped = 0, ...text }: ShownText,
  cut: Cut,
): string {
  const parts = text.parts.filter(({ shot = shotsDropped }) => shot >= shotsDropped);
  const words = parts.map((part) => {
    if (part.kind === "blank") return spaceBeforeBlank ? " [____]" : "[____]";
    if (part.kind === "segment") return " ||";
    const shown = cut.text(part.text!);
    return part.shortenable ? `‹${shown}›` : shown;
  });
  const isTokenized = answers.some(({ tokens }) => tokens !== undefined);
  const pieces = parts.flatMap(({ kind, text: content, tokens, kept }) =>
    kind === "text" && tokens
      ? `${quoted(cut.text(content!))}\n    ${cut.words(formatTokens(tokens, kept)) || "no tokens"}`
      : [],
  );
  const answerRows = answers.map((each) => [
    each.isGold ? "*" : "",
    each.label ?? "",
    quoted(cut.text(each.text)),
    ...(isTokenized ? [cut.words(formatTokens(each.tokens ?? []))] : []),
  ]);
  const head = ["", "label", "answer", ...(isTokenized ? ["tokens (ids)"] : [])];
  const inputs = reads.map(
    ({ input, tokens }) =>
      `${input}:\n    ${cut.words(tokens.flatMap((each) => (each ? formatTokens([each]) : "____")))}`,
  );
  const tokenized = isTokenized ? [[...pieces, ...inputs].join("\n")] : [];
  return [words.join(""), ...tokenized, plainTable(head, answerRows)].map(indent).join("\n\n");
}

/** Returns "based (2241)", "on (2006)", "│", "the (1996)": tokens after the bar are cut from the text. */
function formatTokens(tokens: readonly Token[], kept = tokens.length): string[] {
  const words = tokens.map(({ id, token }) => `${token} (${id})`);
  if (kept < words.length) words.splice(kept, 0, "│");
  return words;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}

const LEGEND = "\n[____] blank   ‹…› may be cut   || segment boundary   │ cut from here   * gold\n";
