import { stripVTControlCharacters } from "node:util";
import { findMetric } from "../metrics/index.js";
import type { TaskResult } from "../results/index.js";

/** A user's text as one harmless line: no escape sequences, no control characters, no reversed writing. */
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

/** "2 of 10 could not be asked, left out", "1 of 8 without a gold label, left out"; undefined if nothing is left out. */
export function leftOut({ examples, metrics, skipped = 0, unlabelled = 0 }: TaskResult): string | undefined {
  const parts = [
    ...(skipped > 0 ? [`${skipped} of ${examples + skipped} could not be asked`] : []),
    ...(unlabelled > 0 && metrics.length > 0 ? [`${unlabelled} of ${examples} without a gold label`] : []),
  ];
  return parts.length === 0 ? undefined : `${parts.join(" and ")}, left out`;
}

/** How a task is written in reports: SuperGLUE's own spelling for its tasks, else the task's name. */
export function taskTitle(task: string): string {
  return TITLES.get(task) ?? oneLine(task);
}

/** A task as a row names it: with its pattern where there are several. */
export function taskLabel({ task, pattern }: TaskResult, tasks: readonly TaskResult[]): string {
  const several = tasks.filter((other) => other.task === task).length > 1;
  return several ? `${taskTitle(task)} ${oneLine(pattern)}` : taskTitle(task);
}

/**
 * How a metric is written in reports: its title, or its name where a newer or other program wrote the results.
 * @param title of a metric of the user's own, as its results have it
 */
export function metricTitle(metric: string, title?: string): string {
  return title === undefined ? (findMetric(metric)?.title ?? oneLine(metric)) : oneLine(title);
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
