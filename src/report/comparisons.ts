import type { BaselineResults, TaskComparison, TaskResult } from "./types.js";

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
