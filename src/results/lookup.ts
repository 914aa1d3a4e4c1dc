import type { BaselineResults, RunResults, TaskComparison, TaskResult } from "./run-results.js";

/** Finds the comparison of the run's model with a baseline by one metric of one task. */
export function findComparison(
  baseline: BaselineResults,
  { task, pattern }: TaskResult,
  metric: string,
): TaskComparison | undefined {
  return baseline.comparisons.find(
    (one) => one.task === task && one.pattern === pattern && one.metric === metric,
  );
}

/** Returns a model's score on a suite; null if it has none. */
export function getSuiteScore({ suites }: Pick<RunResults, "suites">, name: string): number | null {
  return suites.find((suite) => suite.name === name)?.score ?? null;
}
