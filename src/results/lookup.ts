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

/** The examples that a result's values are of; if nothing could be judged, those that were predicted. */
export function judgedExamples({ examples, metrics, unlabelled = 0 }: TaskResult): number {
  return metrics.length === 0 ? examples : examples - unlabelled;
}

/** Whether the examples were predicted, but none of them has a gold label to judge it by. */
export function isUnlabelled({ status, metrics }: TaskResult): boolean {
  return status === "done" && metrics.length === 0;
}

/** A model's score of a suite; null where it has none. */
export function suiteScoreOf({ suites }: Pick<RunResults, "suites">, name: string): number | null {
  return suites.find((suite) => suite.name === name)?.score ?? null;
}
