import { stripVTControlCharacters } from "node:util";
import { findMetric } from "../metrics/index.js";
import type { TaskResult } from "../results/index.js";

/** A user's text as one harmless line: no escape sequences, no control characters, no reversed writing. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_C}]+/gu, " ")
    .trim();
}

/** Breaks a line between words so that none exceeds `width` characters; only longer words are broken themselves. */
export function wrap(text: string, width: number, indent = ""): string[] {
  const lines: string[] = [];
  let line: string[] = [];
  const room = () => Math.max(1, width - (lines.length === 0 ? 0 : indent.length));
  const push = () => {
    lines.push((lines.length === 0 ? "" : indent) + line.join(""));
    line = [];
  };
  for (const piece of text.split(" ").filter((one) => one !== "")) {
    // By code points, so that a cut never leaves half a character.
    let word = [...piece];
    if (line.length > 0 && line.length + 1 + word.length > room()) push();
    while (word.length > room()) {
      line = word.slice(0, room());
      word = word.slice(line.length);
      push();
    }
    if (line.length > 0) line.push(" ");
    line.push(...word);
  }
  if (line.length > 0 || lines.length === 0) push();
  return lines;
}

/** Breaks a model's name where its parts end, so that no line exceeds `width` characters: "hub-name/", "model-base". */
export function wrapName(name: string, width: number): string[] {
  const lines: string[] = [];
  for (const piece of name.split(/(?<=[/\\._ -])/)) {
    const longer = `${lines.at(-1) ?? ""}${piece}`;
    if (longer.trimEnd().length <= width) lines.splice(-1, 1, longer);
    else lines.push(...wrap(piece, width));
  }
  return lines.map((line) => line.trimEnd());
}

/** A fraction as a percentage with one decimal: 0.7 is "70.0". */
export function percent(fraction: number): string {
  if (!Number.isFinite(fraction)) return "–";
  const text = (100 * fraction).toFixed(1);
  return text === "-0.0" ? "0.0" : text;
}

/** A difference of fractions in percentage points, with its sign: "+5.5", "-0.3", "0.0". */
export function signed(difference: number): string {
  const text = percent(difference);
  return difference > 0 && text !== "0.0" ? `+${text}` : text;
}

/** A p value with three decimals and no zero before the point: ".021", "1.000", "<.001". */
export function pValue(p: number): string {
  return p < 0.001 ? "<.001" : p.toFixed(3).replace(/^0/, "");
}

const TITLES = new Map(
  ["BoolQ", "CB", "COPA", "MultiRC", "ReCoRD", "RTE", "WiC", "WSC"].map((title) => [
    title.toLowerCase(),
    title,
  ]),
)
  .set("axb", "AX-b")
  .set("axg", "AX-g");

/** How a task is written in tables: SuperGLUE's own spelling for its tasks, else the task's name. */
export function taskTitle(task: string): string {
  return TITLES.get(task) ?? oneLine(task);
}

/** A task as a row names it: with its pattern where there are several. */
export function taskLabel({ task, pattern }: TaskResult, tasks: readonly TaskResult[]): string {
  const several = tasks.filter((other) => other.task === task).length > 1;
  return several ? `${taskTitle(task)} ${oneLine(pattern)}` : taskTitle(task);
}

/** How a metric is written in tables: its title, or its name where a newer or other program wrote the results. */
export function metricTitle(metric: string): string {
  return findMetric(metric)?.title ?? oneLine(metric);
}

/**
 * Models by the last part of their path or hub name, where that tells them apart, else by their whole name; in the order
 * of `models`.
 */
export function shortNames(models: readonly string[]): string[] {
  const last = models.map((model) =>
    oneLine(model.split(/[\\/]/).findLast((part) => part.trim() !== "") ?? model),
  );
  return models.map((model, k) =>
    last.filter((name) => name === last[k]).length === 1 ? last[k]! : oneLine(model),
  );
}
