import type { BaselineResults, RunResults, TaskComparison, TaskResult } from "./run-results.js";

/** How the run's model compares with a baseline, by one metric of one of its tasks. */
export function findComparison(
  baseline: BaselineResults,
  { task, pattern }: TaskResult,
  metric: string,
): TaskComparison | undefined {
  return baseline.comparisons.find(
    (one) => one.task === task && one.pattern === pattern && one.metric === metric,
  );
}

/** A model's score of a suite; null where it has none. */
export function suiteScoreOf({ suites }: Pick<RunResults, "suites">, name: string): number | null {
  return suites.find((suite) => suite.name === name)?.score ?? null;
}
