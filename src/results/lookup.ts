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

/** Counts the examples behind a result's values; if nothing could be judged, the predicted ones. */
export function countJudgedExamples({ examples, metrics, unlabelled = 0 }: TaskResult): number {
  return metrics.length === 0 ? examples : examples - unlabelled;
}

/** Whether the examples were predicted, but none of them has a gold label. */
export function isUnlabelled({ status, metrics }: TaskResult): boolean {
  return status === "done" && metrics.length === 0;
}

/** Returns a model's score on a suite; null if it has none. */
export function getSuiteScore({ suites }: Pick<RunResults, "suites">, name: string): number | null {
  return suites.find((suite) => suite.name === name)?.score ?? null;
}
