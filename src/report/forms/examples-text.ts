import type { Sample, SampleAnswer } from "../../results/index.js";
import { wrap } from "../../wrap.js";
import {
  type ChosenExample,
  chooseExamples,
  type ExamplesOptions,
  type SamplesByTask,
  type TaskExamples,
} from "../choose-examples.js";
import { oneLine, taskTitle } from "../names.js";
import { escapeMarkdown } from "./markdown.js";

/** How many of the best answers are shown; the predicted and the gold ones always are. */
const BEST = 5;

/**
 * Formats examples as plain text, with each question's text and the answers' scores; ">" marks the predicted answer, "*"
 * the gold answer. No trailing newline.
 * @param options width: characters per line (default 100, at least 40)
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
  const blocks = chooseExamples(samples, options).flatMap((task) => [
    [formatHeading(task, options)],
    ...task.chosen.map((chosen) => renderExample(task.task, chosen, width)),
  ]);
  return blocks.map((lines) => lines.join("\n")).join("\n\n");
}

/**
 * Formats examples as `examplesText` does, but in Markdown, with a table of each example's answers.
 *
 * @example
 * const { samples } = await finishedRun(await readRun("runs/both"));
 * console.log(examplesMarkdown(samples, { which: "disagree", count: 5 }));
 */
export function examplesMarkdown(samples: SamplesByTask, options: ExamplesOptions): string {
  const blocks = chooseExamples(samples, options).flatMap((task) => [
    [`**${escapeMarkdown(formatHeading(task, options))}**`],
    ...task.chosen.map((chosen) => renderExampleMarkdown(task.task, chosen)),
  ]);
  return blocks.map((lines) => lines.join("\n")).join("\n\n");
}

/** Formats a task's heading: "COPA: 20 of 45 wrong examples" */
function formatHeading({ task, chosen, all }: TaskExamples, { which }: ExamplesOptions): string {
  const count = chosen.length < all ? `${chosen.length} of ${all}` : String(all);
  const kind = which === "wrong" || which === "right" ? `${which} ` : "";
  const examples = all === 1 ? "example" : "examples";
  return `${taskTitle(task)}: ${count} ${kind}${examples}${which === "disagree" ? " on which models disagree" : ""}`;
}

/** Formats an example's title: "COPA 12, pattern p0: gold 1, predicted 0" */
function formatTitle(task: string, { samples }: ChosenExample): string {
  const [own] = samples;
  const { id, pattern, label, gold } = own;
  const right = label !== undefined ? label : gold?.join(" / ");
  const predicted =
    samples.length === 1
      ? [`predicted ${oneLine(own.predicted)}`]
      : samples.map((sample) => `${oneLine(sample.model)} ${oneLine(sample.predicted)}`);
  const outcomes = [...(right === undefined ? [] : [`gold ${oneLine(right)}`]), ...predicted];
  const tie = own.tie ? " (a tie)" : "";
  return `${taskTitle(task)} ${oneLine(id)}, pattern ${oneLine(pattern)}: ${outcomes.join(", ")}${tie}`;
}

function renderExample(task: string, chosen: ChosenExample, width: number): string[] {
  const [own, ...others] = chosen.samples;
  const { rows, left } = listAnswerRows(own, others);
  const scoreWidth = Math.max(0, ...rows.flatMap(({ scores }) => scores.map((score) => score.length)));
  const answers = rows.flatMap(({ predicted, gold, answer, scores }) => {
    const marks = `  ${predicted ? ">" : " "}${gold ? "*" : " "}`;
    const before = [marks, ...scores.map((score) => score.padStart(scoreWidth))].join(" ");
    const lines = wrap(answer, Math.max(20, width - before.length - 2));
    return lines.map((line, k) => `${k === 0 ? before : " ".repeat(before.length)}  ${line}`);
  });
  const text = own.text.split("\n").flatMap((line) => wrap(oneLine(line), width - 2));
  return [
    ...wrap(formatTitle(task, chosen), width, "  "),
    ...text.map((line) => `  ${line}`.trimEnd()),
    ...answers,
    ...(left > 0 ? [`  … ${left} more`] : []),
    ...listLabelScores(own).flatMap((line) => wrap(line, width - 2).map((part) => `  ${part}`)),
  ];
}

function renderExampleMarkdown(task: string, chosen: ChosenExample): string[] {
  const [own, ...others] = chosen.samples;
  const { rows, left } = listAnswerRows(own, others);
  const models = others.length === 0 ? ["Score"] : chosen.samples.map(({ model }) => oneLine(model));
  const heads = ["", "Answer", ...models.map(escapeMarkdown)];
  const lines = rows.map(({ predicted, gold, answer, scores }) => {
    const marks = [...(predicted ? ["predicted"] : []), ...(gold ? ["gold"] : [])].join(", ");
    return [marks, escapeMarkdown(answer), ...scores];
  });
  return [
    `**${escapeMarkdown(formatTitle(task, chosen))}**`,
    "",
    ...own.text.split("\n").flatMap((line) => [`> ${escapeMarkdown(oneLine(line))}`]),
    "",
    ...[heads, [":---", ":---", ...models.map(() => "---:")], ...lines].map(
      (cells) => `| ${cells.join(" | ")} |`,
    ),
    ...(left > 0 ? ["", `${left} more`] : []),
    ...listLabelScores(own).flatMap((line) => ["", escapeMarkdown(line)]),
  ];
}

/** Lists the scores that decided, unless they are the answers' own: with several words per label, a calibration or a prior. */
function listLabelScores({ labelScores = [], answers }: Sample): string[] {
  const isOwn = labelScores.every(({ label, score }) => {
    const own = answers.filter((answer) => answer.label === label);
    return own.length === 1 && own[0]!.score === score;
  });
  if (isOwn) return [];
  const all = labelScores.map(({ label, score }) => `${oneLine(label)} ${score.toFixed(2)}`);
  return [`Label scores that decided: ${all.join(", ")}`];
}

interface AnswerRow {
  readonly predicted: boolean;
  readonly gold: boolean;
  /** with its label if that is a different text */
  readonly answer: string;
  /** one per model */
  readonly scores: readonly string[];
}

/** Lists the best answers and the predicted and gold ones, best first, and counts the others. */
function listAnswerRows(own: Sample, others: readonly Sample[]): { rows: AnswerRow[]; left: number } {
  const ranked = own.answers
    .map((answer, k) => ({ answer, k }))
    .sort((a, b) => b.answer.score - a.answer.score || a.k - b.k);
  const rows = ranked.flatMap(({ answer, k }, rank): AnswerRow[] => {
    const predicted = matches(answer, [own.predicted]);
    const gold = matches(answer, own.label === undefined ? (own.gold ?? []) : [own.label]);
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

/** Whether an answer matches one of these labels or texts. */
function matches({ answer, label }: SampleAnswer, wanted: readonly string[]): boolean {
  return wanted.includes(label ?? answer.trim());
}
