import { stripVTControlCharacters } from "node:util";
import { findMetric } from "../metrics/index.js";

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

/** A fraction as a percentage with one decimal: 0.7 is "70.0". */
export function percent(fraction: number): string {
  if (!Number.isFinite(fraction)) return "–";
  const text = (100 * fraction).toFixed(1);
  return text === "-0.0" ? "0.0" : text;
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

/** How a metric is written in tables: its title, or its name where a newer or other program wrote the results. */
export function metricTitle(metric: string): string {
  return findMetric(metric)?.title ?? oneLine(metric);
}
