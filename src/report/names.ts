import { stripVTControlCharacters } from "node:util";
import { findMetric } from "../metrics/index.js";
import type { TaskResult } from "../results/index.js";

/** Returns a user's text as one harmless line: no escape sequences, control characters or changes of text direction. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_C}]+/gu, " ")
    .trim();
}

const TITLES = new Map(
  ["BoolQ", "CB", "COPA", "MultiRC", "ReCoRD", "RTE", "WiC", "WSC"].map((title) => [
    title.toLowerCase(),
    title,
  ]),
)
  .set("axb", "AX-b")
  .set("axg", "AX-g");

/**
 * Says how many examples are left out of a result: "2 of 10 could not be scored, left out", "1 of 8 without a gold label,
 * left out"; undefined if none are.
 */
export function describeLeftOut({
  examples,
  metrics,
  skipped = 0,
  unlabelled = 0,
}: TaskResult): string | undefined {
  const parts = [
    ...(skipped > 0 ? [`${skipped} of ${examples + skipped} could not be scored`] : []),
    ...(unlabelled > 0 && metrics.length > 0 ? [`${unlabelled} of ${examples} without a gold label`] : []),
  ];
  return parts.length === 0 ? undefined : `${parts.join(" and ")}, left out`;
}

/** Returns a task's title for reports: SuperGLUE's spelling for its tasks, otherwise the task's name. */
export function taskTitle(task: string): string {
  return TITLES.get(task) ?? oneLine(task);
}

/** Returns the label of a task's row: its title, with the pattern if there are several. */
export function taskLabel({ task, pattern }: TaskResult, tasks: readonly TaskResult[]): string {
  const several = tasks.filter((other) => other.task === task).length > 1;
  return several ? `${taskTitle(task)} ${oneLine(pattern)}` : taskTitle(task);
}

/**
 * Returns a metric's title for reports, or its name if it is unknown, because a newer or other program wrote the results.
 * @param title of a user-defined metric, from its results
 */
export function metricTitle(metric: string, title?: string): string {
  return title === undefined ? (findMetric(metric)?.title ?? oneLine(metric)) : oneLine(title);
}

/**
 * Shortens models to the last part of their path or hub name where that is unique, and otherwise keeps the full name; in
 * the order of `models`.
 */
export function shortNames(models: readonly string[]): string[] {
  const last = models.map((model) =>
    oneLine(model.split(/[\\/]/).findLast((part) => part.trim() !== "") ?? model),
  );
  return models.map((model, k) =>
    last.filter((name) => name === last[k]).length === 1 ? last[k]! : oneLine(model),
  );
}
