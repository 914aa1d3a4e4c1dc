import type { TaskResult } from "./run-results.js";

/** A metric of one task over its patterns. */
export interface Spread {
  readonly task: string;
  readonly metric: string;
  /** how many patterns */
  readonly patterns: number;
  readonly mean: number;
  /** standard deviation of a sample (n − 1), as PET reports it */
  readonly sd: number;
  /** the first of equals */
  readonly worst: PatternValue;
  readonly best: PatternValue;
}

/** A metric's value by one pattern. */
export interface PatternValue {
  readonly pattern: string;
  readonly value: number;
}

/**
 * The spread of every metric of every task that ran with several patterns, in the order of the results.
 *
 * @example
 * const { tasks } = await readResults(await readRun("runs/large"));
 * for (const { task, mean, sd, best } of spreads(tasks)) console.log(`${task}: ${mean} ± ${sd}, ${best.pattern} is best`);
 */
export function spreads(tasks: readonly TaskResult[]): Spread[] {
  const names = new Set(tasks.map(({ task }) => task));
  return [...names].flatMap((name) => {
    const patterns = patternsOf(tasks, name);
    const metrics = patterns.length < 2 ? [] : patterns[0]!.metrics;
    return metrics.map(({ metric, better }) => {
      const values = patterns.map(({ pattern, metrics: found }) => ({
        pattern,
        value: found.find((one) => one.metric === metric)!.value,
      }));
      const mean = values.reduce((sum, { value }) => sum + value, 0) / values.length;
      const squares = values.reduce((sum, { value }) => sum + (value - mean) ** 2, 0);
      const extreme = (of: (...all: number[]) => number): PatternValue =>
        values.find(({ value }) => value === of(...values.map((one) => one.value)))!;
      return {
        task: name,
        metric,
        patterns: values.length,
        mean,
        sd: Math.sqrt(squares / (values.length - 1)),
        worst: extreme(better === "lower" ? Math.max : Math.min),
        best: extreme(better === "lower" ? Math.min : Math.max),
      };
    });
  });
}

/** The results of a task's patterns that are done. */
export function patternsOf(tasks: readonly TaskResult[], name: string): TaskResult[] {
  return tasks.filter(
    ({ task, status, kind, metrics }) =>
      task === name && status === "done" && kind === undefined && metrics.length > 0,
  );
}

/** The result of a task's ensemble of patterns, where there is one. */
export function ensembleResult(tasks: readonly TaskResult[], name: string): TaskResult | undefined {
  return tasks.find(({ task, kind }) => task === name && kind === "ensemble");
}

/**
 * The one result that stands for a task: its ensemble's, or that of its only pattern. Undefined where the task has several
 * patterns and no ensemble, or nothing is done.
 */
export function mainResult(tasks: readonly TaskResult[], name: string): TaskResult | undefined {
  const patterns = patternsOf(tasks, name);
  const ensemble = ensembleResult(tasks, name);
  if (ensemble?.status === "done" && ensemble.metrics.length > 0) return ensemble;
  return patterns.length === 1 ? patterns[0] : undefined;
}
