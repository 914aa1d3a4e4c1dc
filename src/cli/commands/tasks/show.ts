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
import { downloadsOf, readerFor } from "../load-for.js";
import { cutText, cutWords } from "./cut-middle.js";

/** What is asked of one example by one pattern. `tokens` and what follows from them: with a model. */
interface Shown {
  readonly task: string;
  readonly pattern: string;
  readonly example: string;
  readonly label: string | null;
  readonly gold: readonly string[] | null;
  readonly texts: readonly ShownText[];
  /** ids of the few-shot examples that stand before it, in order */
  readonly shots?: readonly string[] | undefined;
  /** most tokens that are cut from the text; null where it cannot be made to fit */
  readonly cut?: number | null | undefined;
}

interface ShownText {
  /** whether a space before the blank belongs to the answers */
  readonly spaceBeforeBlank: boolean;
  readonly parts: readonly ShownPart[];
  readonly answers: readonly ShownAnswer[];
  /** few-shot examples that are left out, from the first, to make it fit */
  readonly shotsDropped?: number;
  /** the model's inputs, each token in its place; null where the answer's tokens stand */
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
  /** of which few-shot example it is a part, from 0 */
  readonly shot?: number;
  readonly tokens?: readonly Token[];
  /** how many of the tokens are left when the text is cut */
  readonly kept?: number;
}

interface ShownAnswer {
  readonly text: string;
  readonly label: string | null;
  readonly isGold: boolean;
  readonly tokens?: readonly Token[];
}

/** `glm-eval tasks show TASK`: what a run with the same options asks of the first examples, as a model gets it. */
export async function show(options: TasksShowOptions): Promise<void> {
  const task = await findTask(options.task);
  const { patterns: ids, model, number: limit } = options;
  const patterns = choosePatterns(task, ids);
  const fewshot = getFewshotOptions(options);
  const progress = createProgress();
  const reader = model === undefined ? undefined : await readerFor({ ...options, model }, progress);
  const splits = Object.keys(task.dataFiles);
  const split = options.split ?? splits.find((name) => name === "validation") ?? splits[0]!;
  const from = {
    root: path.resolve(options.data ?? BUNDLED_DATA),
    downloads: downloadsOf(options, progress),
  };
  const dataset = await task.load({ ...from, split, limit });
  const pool = fewshot && (await loadPool(task, from));
  progress.end();
  const ready = { task, status: "ready", dataset, pool, patterns } as const;
  const shown = patterns.flatMap((pattern) => {
    const { question, shown: before } = makeQuestions({ ready, pattern }, { fewshot });
    return dataset.examples.map((example, k): Shown => {
      const asked = question(k);
      return {
        task: task.name,
        pattern: pattern.id,
        example: example.id,
        label: example.label ?? null,
        gold: goldTexts(example, asked.clozes) ?? null,
        shots: before[k]?.ids,
        ...shownQuestion(asked, example, reader),
      };
    });
  });
  if (options.json) process.stdout.write(`${JSON.stringify(snakeKeys(shown), null, 2)}\n`);
  else {
    const cut = options.full ? NO_CUT : { text: cutText, words: cutWords };
    process.stdout.write(`${shown.map((each) => asText(each, cut)).join("\n")}${LEGEND}`);
  }
}

function shownQuestion(
  question: ClozeQuestion,
  example: Example,
  reader: LoadedReader | undefined,
): Pick<Shown, "texts" | "cut"> {
  const gold = goldTexts(example, question.clozes);
  const answerOf = ({ text, label }: Answer): ShownAnswer => ({
    text,
    label: label ?? null,
    isGold: label === undefined ? (gold?.includes(text.trim()) ?? false) : label === example.label,
  });
  const textOf = ({ pattern: { spaceBeforeBlank, parts }, answers }: Cloze): ShownText => ({
    spaceBeforeBlank,
    parts,
    answers: answers.map(answerOf),
  });
  if (reader === undefined) return { texts: question.clozes.map(textOf) };
  const token = (id: number): Token => ({ id, token: reader.token(id) });
  const previews = previewsOf(question, reader);
  if (previews === undefined) {
    const tokensOf = (text: string, first = false) => reader.encode(text, { first }).map(token);
    const texts = question.clozes.map(textOf).map((shown) => ({
      ...shown,
      parts: shown.parts.map((part, k) =>
        part.kind === "text" ? { ...part, tokens: tokensOf(part.text!, k === 0) } : part,
      ),
      answers: shown.answers.map((answer) => ({ ...answer, tokens: tokensOf(answer.text) })),
    }));
    return { texts, cut: null };
  }
  return {
    texts: sameTexts(previews, question.clozes).map(({ cloze, parts, reads, answers, shotsDropped }) => ({
      spaceBeforeBlank: cloze.pattern.spaceBeforeBlank,
      parts: cloze.pattern.parts.map((part, k) => {
        const { ids, kept } = parts[k]!;
        return part.kind === "text" ? { ...part, tokens: ids.map(token), kept } : part;
      }),
      answers: answers.map(({ answer, ids }) => ({ ...answerOf(answer), tokens: ids.map(token) })),
      reads: reads.map(({ input, tokens }) => ({
        input,
        tokens: tokens.map((id) => (id === null ? null : token(id))),
      })),
      ...(shotsDropped > 0 && { shotsDropped }),
    })),
    cut: Math.max(...previews.map(({ prepared }) => prepared.cut)),
  };
}

/** What the model gets of a question; undefined where it cannot be made to fit. */
function previewsOf(question: ClozeQuestion, reader: LoadedReader): Preview[] | undefined {
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

/** Answers that are asked in the same text, though perhaps each on its own, with that text. */
function sameTexts(previews: readonly Preview[], clozes: readonly Cloze[]): SameText[] {
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

/** How long texts and lists of tokens are shown. */
interface Cut {
  text(text: string): string;
  words(words: readonly string[]): string;
}

const NO_CUT: Cut = { text: (text) => text, words: (words) => words.join(" ") };

function asText(shown: Shown, cutLong: Cut): string {
  const { task, pattern, example, label, gold, texts, cut, shots = [] } = shown;
  const answer = label ?? gold?.map(quoted).join(" or ");
  const head = `${task} ${pattern}, example ${example}, gold: ${answer ?? "none"}`;
  const left = shots.slice(0, Math.max(...texts.map(({ shotsDropped = 0 }) => shotsDropped)));
  const leftOut = left.length > 0 ? ` (left out: ${left.join(", ")})` : "";
  const before = shots.length > 0 ? `, shown before it: ${shots.join(", ")}${leftOut}` : "";
  const lost = cut === null ? ", does not fit" : cut ? `, ${cut} tokens cut` : "";
  return `${[head + before + lost, ...texts.map((text) => textOf(text, cutLong))].join("\n\n")}\n`;
}

function textOf(
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
  const isTokenised = answers.some(({ tokens }) => tokens !== undefined);
  const pieces = parts.flatMap(({ kind, text: of, tokens, kept }) =>
    kind === "text" && tokens
      ? `${quoted(cut.text(of!))}\n    ${cut.words(spelled(tokens, kept)) || "no tokens"}`
      : [],
  );
  const answerRows = answers.map((each) => [
    each.isGold ? "*" : "",
    each.label ?? "",
    quoted(cut.text(each.text)),
    ...(isTokenised ? [cut.words(spelled(each.tokens ?? []))] : []),
  ]);
  const head = ["", "label", "answer", ...(isTokenised ? ["tokens (ids)"] : [])];
  const inputs = reads.map(
    ({ input, tokens }) =>
      `${input}:\n    ${cut.words(tokens.flatMap((each) => (each ? spelled([each]) : "____")))}`,
  );
  const tokenised = isTokenised ? [[...pieces, ...inputs].join("\n")] : [];
  return [words.join(""), ...tokenised, plainTable(head, answerRows)].map(indented).join("\n\n");
}

/** "based (2241)", "on (2006)", "│", "the (1996)": what is behind the bar is cut from the text. */
function spelled(tokens: readonly Token[], kept = tokens.length): string[] {
  const words = tokens.map(({ id, token }) => `${token} (${id})`);
  if (kept < words.length) words.splice(kept, 0, "│");
  return words;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}

const LEGEND = "\n[____] the blank   ‹…› may be cut   || border of the segments   │ cut from here   * gold\n";
