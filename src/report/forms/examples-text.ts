import type { Sample, SampleAnswer } from "../../results/index.js";
import { wrap } from "../../wrap.js";
import {
  type Chosen,
  type ChosenOfTask,
  chooseExamples,
  type ExamplesOptions,
  type SamplesByTask,
} from "../choose-examples.js";
import { oneLine, taskTitle } from "../names.js";
import { escapeMarkdown } from "./markdown.js";

/** Answers that are shown besides the predicted and the gold ones. */
const BEST = 5;

/**
 * Examples with what was asked and every answer's score, in plain text; ">" is before what was predicted, "*" before what
 * is gold. No trailing newline.
 * @param options width: characters a line (default 100, at least 40)
 * @throws GlmEvalError (usage) see `chooseExamples`
 *
 * @example
 * const { samples } = await finishedRun(await readRun("runs/large"));
 * console.log(examplesText(samples, { which: "wrong", count: 5 }));
 */
export function examplesText(
  samples: SamplesByTask,
  options: ExamplesOptions & { readonly width?: number | undefined },
): string {
  const width = Math.max(40, options.width ?? 100);
  const blocks = chooseExamples(samples, options).flatMap((of) => [
    [headingOf(of, options)],
    ...of.chosen.map((chosen) => exampleLines(of.task, chosen, width)),
  ]);
  return blocks.map((lines) => lines.join("\n")).join("\n\n");
}

/**
 * The same as `examplesText` in Markdown: the answers of each example are a table.
 *
 * @example
 * const { samples } = await finishedRun(await readRun("runs/both"));
 * console.log(examplesMarkdown(samples, { which: "disagree", count: 5 }));
 */
export function examplesMarkdown(samples: SamplesByTask, options: ExamplesOptions): string {
  const blocks = chooseExamples(samples, options).flatMap((of) => [
    [`**${escapeMarkdown(headingOf(of, options))}**`],
    ...of.chosen.map((chosen) => exampleMarkdown(of.task, chosen)),
  ]);
  return blocks.map((lines) => lines.join("\n")).join("\n\n");
}

/** "COPA: 20 of 45 wrong examples" */
function headingOf({ task, chosen, all }: ChosenOfTask, { which }: ExamplesOptions): string {
  const count = chosen.length < all ? `${chosen.length} of ${all}` : String(all);
  const kind = which === "wrong" || which === "right" ? `${which} ` : "";
  const examples = all === 1 ? "example" : "examples";
  return `${taskTitle(task)}: ${count} ${kind}${examples}${which === "disagree" ? " on which models disagree" : ""}`;
}

/** "COPA 12, pattern p0: gold 1, predicted 0" */
function titleOf(task: string, { samples }: Chosen): string {
  const [own] = samples;
  const { id, pattern, label, gold } = own;
  const right = label !== undefined ? label : gold?.join(" / ");
  const predicted =
    samples.length === 1
      ? [`predicted ${oneLine(own.predicted)}`]
      : samples.map((sample) => `${oneLine(sample.model)} ${oneLine(sample.predicted)}`);
  const told = [...(right === undefined ? [] : [`gold ${oneLine(right)}`]), ...predicted];
  const tie = own.tie ? " (a tie)" : "";
  return `${taskTitle(task)} ${oneLine(id)}, pattern ${oneLine(pattern)}: ${told.join(", ")}${tie}`;
}

function exampleLines(task: string, chosen: Chosen, width: number): string[] {
  const [own, ...others] = chosen.samples;
  const { rows, left } = rowsOf(own, others);
  const scoreWidth = Math.max(0, ...rows.flatMap(({ scores }) => scores.map((score) => score.length)));
  const answers = rows.flatMap(({ predicted, gold, answer, scores }) => {
    const marks = `  ${predicted ? ">" : " "}${gold ? "*" : " "}`;
    const before = [marks, ...scores.map((score) => score.padStart(scoreWidth))].join(" ");
    const lines = wrap(answer, Math.max(20, width - before.length - 2));
    return lines.map((line, k) => `${k === 0 ? before : " ".repeat(before.length)}  ${line}`);
  });
  const text = own.text.split("\n").flatMap((line) => wrap(oneLine(line), width - 2));
  return [
    ...wrap(titleOf(task, chosen), width, "  "),
    ...text.map((line) => `  ${line}`.trimEnd()),
    ...answers,
    ...(left > 0 ? [`  … ${left} more`] : []),
    ...labelLines(own).flatMap((line) => wrap(line, width - 2).map((part) => `  ${part}`)),
  ];
}

function exampleMarkdown(task: string, chosen: Chosen): string[] {
  const [own, ...others] = chosen.samples;
  const { rows, left } = rowsOf(own, others);
  const models = others.length === 0 ? ["Score"] : chosen.samples.map(({ model }) => oneLine(model));
  const heads = ["", "Answer", ...models.map(escapeMarkdown)];
  const lines = rows.map(({ predicted, gold, answer, scores }) => {
    const marks = [...(predicted ? ["predicted"] : []), ...(gold ? ["gold"] : [])].join(", ");
    return [marks, escapeMarkdown(answer), ...scores];
  });
  return [
    `**${escapeMarkdown(titleOf(task, chosen))}**`,
    "",
    ...own.text.split("\n").flatMap((line) => [`> ${escapeMarkdown(oneLine(line))}`]),
    "",
    ...[heads, [":---", ":---", ...models.map(() => "---:")], ...lines].map(
      (cells) => `| ${cells.join(" | ")} |`,
    ),
    ...(left > 0 ? ["", `${left} more`] : []),
    ...labelLines(own).flatMap((line) => ["", escapeMarkdown(line)]),
  ];
}

/** What decided, where that is not the answers' own scores: several words a label, a calibration or a prior. */
function labelLines({ labelScores = [], answers }: Sample): string[] {
  const isOwn = labelScores.every(({ label, score }) => {
    const own = answers.filter((answer) => answer.label === label);
    return own.length === 1 && own[0]!.score === score;
  });
  if (isOwn) return [];
  const all = labelScores.map(({ label, score }) => `${oneLine(label)} ${score.toFixed(2)}`);
  return [`Labels, by which it was decided: ${all.join(", ")}`];
}

interface AnswerRow {
  readonly predicted: boolean;
  readonly gold: boolean;
  /** with its label, where that is another text */
  readonly answer: string;
  /** of each model */
  readonly scores: readonly string[];
}

/** The best answers with the predicted and the gold ones, from the best on, and how many others there are. */
function rowsOf(own: Sample, others: readonly Sample[]): { rows: AnswerRow[]; left: number } {
  const ranked = own.answers
    .map((answer, k) => ({ answer, k }))
    .sort((a, b) => b.answer.score - a.answer.score || a.k - b.k);
  const rows = ranked.flatMap(({ answer, k }, rank): AnswerRow[] => {
    const predicted = stands(answer, [own.predicted]);
    const gold = stands(answer, own.label === undefined ? (own.gold ?? []) : [own.label]);
    if (rank >= BEST && !predicted && !gold) return [];
    const text = oneLine(answer.answer);
    const { label } = answer;
    const named = label === undefined || label === text ? text : `${text} (${oneLine(label)})`;
    const scores = [answer, ...others.map((sample) => sample.answers[k])].map(
      (one) => one?.score.toFixed(2) ?? "–",
    );
    return [{ predicted, gold, answer: named, scores }];
  });
  return { rows, left: own.answers.length - rows.length };
}

/** Whether an answer is what these labels or texts mean. */
function stands({ answer, label }: SampleAnswer, meant: readonly string[]): boolean {
  return meant.includes(label ?? answer.trim());
}
