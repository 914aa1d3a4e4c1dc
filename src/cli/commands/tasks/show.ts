import path from "node:path";
import { BUNDLED_DATA } from "../../../bundled.js";
import { GlmEvalError } from "../../../errors.js";
import { snakeKeys } from "../../../json.js";
import type { TasksShowOptions } from "../../../options/index.js";
import { type Cloze, type ClozeQuestion, truncate } from "../../../patterns/index.js";
import { choosePatterns } from "../../../runner/index.js";
import { type Example, findTask, goldTexts, type Task, type TaskPattern } from "../../../tasks/index.js";
import { downloadsOf } from "../../load.js";
import { plainTable } from "../../terminal/plain-table.js";
import { createProgress } from "../../terminal/progress.js";
import { type TextReader, tokenizerFor } from "../../tokenizer-for.js";

/** What is asked of one example by one pattern. `tokens` and what follows from them: with a model. */
interface Shown {
  readonly task: string;
  readonly pattern: string;
  readonly example: string;
  readonly label: string | null;
  readonly gold: readonly string[] | null;
  readonly texts: readonly ShownText[];
  /** most tokens that are cut from the text; null where it cannot be made to fit */
  readonly cut?: number | null;
}

interface ShownText {
  /** whether a space before the blank belongs to the answers */
  readonly spaceBeforeBlank: boolean;
  readonly parts: readonly ShownPart[];
  readonly answers: readonly ShownAnswer[];
}

interface Token {
  readonly id: number;
  readonly token: string;
}

interface ShownPart {
  readonly kind: "text" | "blank" | "segment";
  readonly text?: string;
  readonly shortenable?: boolean;
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

/** `glm-eval tasks show TASK`: what is asked of the first examples, as a model gets it. */
export async function show(argv: TasksShowOptions): Promise<void> {
  const task = await findTask(argv.task);
  const { patterns: ids, model } = argv;
  const patterns = choosePatterns(task, ids);
  const progress = createProgress();
  const reader = model === undefined ? undefined : await tokenizerFor({ ...argv, model }, progress);
  const split = argv.split ?? Object.keys(task.dataFiles)[0]!;
  const { examples } = await task.load({
    root: path.resolve(argv.data ?? BUNDLED_DATA),
    split,
    limit: argv.number,
    downloads: downloadsOf(argv, progress),
  });
  progress.end();
  const shown = patterns.flatMap((pattern) =>
    examples.map((example) => shownQuestion(task, pattern, example, reader)),
  );
  if (argv.json) process.stdout.write(`${JSON.stringify(snakeKeys(shown), null, 2)}\n`);
  else process.stdout.write(`${shown.map(asText).join("\n")}${LEGEND}`);
}

function shownQuestion(
  task: Task,
  pattern: TaskPattern,
  example: Example,
  reader: TextReader | undefined,
): Shown {
  const question = pattern.question(example);
  const gold = goldTexts(example, question.clozes);
  const cut = reader && cutOf(question, reader);
  const isGold = ({ text, label }: Cloze["answers"][number]): boolean =>
    label === undefined ? (gold?.includes(text.trim()) ?? false) : label === example.label;
  return {
    task: task.name,
    pattern: pattern.id,
    example: example.id,
    label: example.label ?? null,
    gold: gold ?? null,
    texts: question.clozes.map((cloze) => ({
      spaceBeforeBlank: cloze.pattern.spaceBeforeBlank,
      parts: shownParts(cloze, reader, cut ?? 0),
      answers: cloze.answers.map((answer) => ({
        text: answer.text,
        label: answer.label ?? null,
        isGold: isGold(answer),
        ...(reader && { tokens: tokensOf(answer.text, reader) }),
      })),
    })),
    ...(cut !== undefined && { cut }),
  };
}

function tokensOf(text: string, reader: TextReader, first = false): Token[] {
  return reader.encode(text, { first }).map((id) => ({ id, token: reader.token(id) }));
}

/** The most tokens that a question loses; null where it cannot be made to fit. */
function cutOf(question: ClozeQuestion, reader: TextReader): number | null {
  try {
    return Math.max(...reader.prepare(question).map(({ cut }) => cut));
  } catch (error) {
    if (error instanceof GlmEvalError) return null;
    throw error;
  }
}

function shownParts({ pattern }: Cloze, reader: TextReader | undefined, cut: number): ShownPart[] {
  if (reader === undefined) return [...pattern.parts];
  let segment: 0 | 1 = 0;
  const parts = pattern.parts.map((part, k) => {
    if (part.kind === "segment") segment = 1;
    return part.kind === "text"
      ? { ...part, tokens: tokensOf(part.text, reader, k === 0), segment }
      : { ...part, tokens: [], shortenable: false, segment };
  });
  const lengths = parts.map(({ tokens, shortenable, segment: of }) => ({
    length: tokens.length,
    shortenable,
    segment: of,
  }));
  const kept = truncate(lengths, cut, reader.truncation);
  return parts.map((part, k) => {
    if (part.kind !== "text") return { kind: part.kind };
    const { kind, text, shortenable, tokens } = part;
    return { kind, text, shortenable, tokens, kept: kept?.[k] ?? tokens.length };
  });
}

function asText(shown: Shown): string {
  const { task, pattern, example, label, gold, texts, cut } = shown;
  const answer = label ?? gold?.map(quoted).join(" or ");
  const head = `${task} ${pattern}, example ${example}, gold: ${answer ?? "none"}`;
  const lost = cut === null ? ", does not fit" : cut ? `, ${cut} tokens cut` : "";
  return `${[head + lost, ...texts.map(textOf)].join("\n\n")}\n`;
}

function textOf({ parts, answers, spaceBeforeBlank }: ShownText): string {
  const text = parts.map((part) => {
    if (part.kind === "blank") return spaceBeforeBlank ? " [____]" : "[____]";
    if (part.kind === "segment") return " ||";
    return part.shortenable ? `‹${part.text}›` : part.text;
  });
  const isTokenised = answers.some(({ tokens }) => tokens !== undefined);
  const pieces = parts.flatMap(({ kind, text: of, tokens, kept }) =>
    kind === "text" && tokens ? `${quoted(of!)}\n    ${spelled(tokens, kept)}` : [],
  );
  const answerRows = answers.map((each) => [
    each.isGold ? "*" : "",
    each.label ?? "",
    quoted(each.text),
    ...(isTokenised ? [spelled(each.tokens ?? [])] : []),
  ]);
  const head = ["", "label", "answer", ...(isTokenised ? ["tokens (ids)"] : [])];
  return [text.join(""), ...(isTokenised ? [pieces.join("\n")] : []), plainTable(head, answerRows)]
    .map(indented)
    .join("\n\n");
}

/** "based (2241) on (2006) │ the (1996)": what stands behind the bar is cut. */
function spelled(tokens: readonly Token[], kept = tokens.length): string {
  const words = tokens.map(({ id, token }) => `${token} (${id})`);
  if (kept < words.length) words.splice(kept, 0, "│");
  return words.join(" ");
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}

const LEGEND = "\n[____] the blank   ‹…› may be cut   || border of the segments   │ cut from here   * gold\n";
