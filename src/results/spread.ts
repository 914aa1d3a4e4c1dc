import type { TaskResult } from "./run-results.js";

/** The values of one metric of a task over its patterns. */
export interface Spread {
  readonly task: string;
  readonly metric: string;
  /** number of patterns */
  readonly patterns: number;
  readonly mean: number;
  /** sample standard deviation (n − 1), as PET reports it */
  readonly sd: number;
  /** the first, if several are equal */
  readonly worst: PatternValue;
  readonly best: PatternValue;
}

/** A metric's value for one pattern. */
export interface PatternValue {
  readonly pattern: string;
  readonly value: number;
}

/**
 * Computes the spread of every metric of every task that ran with several patterns, in the order of the results.
 *
 * @example
 * const { tasks } = await readResults(await readRun("runs/large"));
 * for (const { task, mean, sd, best } of spreads(tasks)) console.log(`${task}: ${mean} ± ${sd}, ${best.pattern} is best`);
 */
export function spreads(tasks: readonly TaskResult[]): Spread[] {
  const names = new Set(tasks.map(({ task }) => task));
  return [...names].flatMap((name) => {
    const patterns = findPatternResults(tasks, name);
    const metrics = patterns.length < 2 ? [] : patterns[0]!.metrics;
    return metrics.map(({ metric, better }) => {
      const values = patterns.map(({ pattern, metrics: found }) => ({
        pattern,
        value: found.find((one) => one.metric === metric)!.value,
      }));
      const mean = values.reduce((sum, { value }) => sum + value, 0) / values.length;
      const squares = values.reduce((sum, { value }) => sum + (value - mean) ** 2, 0);
      const findExtreme = (pick: (...all: number[]) => number): PatternValue =>
        values.find(({ value }) => value === pick(...values.map((one) => one.value)))!;
      return {
        task: name,
        metric,
        patterns: values.length,
        mean,
        sd: Math.sqrt(squares / (values.length - 1)),
        worst: findExtreme(better === "lower" ? Math.max : Math.min),
        best: findExtreme(better === "lower" ? Math.min : Math.max),
      };
    });
  });
}

/** Returns the results of a task's completed patterns. */
export function findPatternResults(tasks: readonly TaskResult[], name: string): TaskResult[] {
  return tasks.filter(
    ({ task, status, kind, metrics }) =>
      task === name && status === "done" && kind === undefined && metrics.length > 0,
  );
}

/** Finds the result of a task's ensemble of patterns, if there is one. */
export function findEnsemble(tasks: readonly TaskResult[], name: string): TaskResult | undefined {
  return tasks.find(({ task, kind }) => task === name && kind === "ensemble");
}

/**
 * Finds the one result that represents a task: its ensemble's, or that of its only pattern. Returns undefined if the task
 * has several patterns and no ensemble, or nothing is completed.
 */
export function findMainResult(tasks: readonly TaskResult[], name: string): TaskResult | undefined {
  const patterns = findPatternResults(tasks, name);
  const ensemble = findEnsemble(tasks, name);
  if (ensemble?.status === "done" && ensemble.metrics.length > 0) return ensemble;
  return patterns.length === 1 ? patterns[0] : undefined;
}
