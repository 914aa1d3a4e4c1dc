import { findComparison, getSuiteScore, type RunResults, type TaskResult } from "../results/index.js";

/** The run's model compared with a baseline, by one metric of one task and pattern or by a suite score; fractions of 1. */
export interface ComparisonRecord {
  readonly model: string;
  readonly baseline: string;
  /** the suite's name for a suite score */
  readonly task: string;
  readonly pattern: string | null;
  /** "score" for a suite */
  readonly metric: string;
  readonly value: number;
  readonly baselineValue: number;
  /** value − baselineValue, with its 95% interval */
  readonly difference: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly p: number | null;
  readonly test: string | null;
  /** the independent unit, in the plural, and the number of units */
  readonly unit: string | null;
  readonly n: number | null;
}

/** A record and the task result that it belongs to. */
export interface Compared {
  readonly record: ComparisonRecord;
  /** undefined for a suite score, which has no test */
  readonly task: TaskResult | undefined;
}

/** Lists every comparison of a run: by baseline, first the tasks in the order of the results, then the suites. */
export function listComparisons(results: RunResults): Compared[] {
  return results.baselines.flatMap((baseline) => {
    const names = { model: results.model, baseline: baseline.model };
    const tested = results.tasks.flatMap((task) =>
      task.metrics.flatMap(({ metric, value }): Compared[] => {
        const found = findComparison(baseline, task, metric);
        if (found === undefined) return [];
        const { difference, low, high, p, test, unit, n } = found;
        const baselineValue =
          baseline.tasks
            .find((other) => other.task === task.task && other.pattern === task.pattern)
            ?.metrics.find((other) => other.metric === metric)?.value ?? value - difference;
        const key = { ...names, task: task.task, pattern: task.pattern, metric, value, baselineValue };
        return [{ record: { ...key, difference, low, high, p, test, unit, n }, task }];
      }),
    );
    const scores = results.suites.flatMap(({ name, score }): Compared[] => {
      const baselineScore = getSuiteScore(baseline, name);
      if (score === null || baselineScore === null) return [];
      const untested = { low: null, high: null, p: null, test: null, unit: null, n: null };
      const key = { ...names, task: name, pattern: null, metric: "score", value: score };
      return [
        {
          record: { ...key, baselineValue: baselineScore, difference: score - baselineScore, ...untested },
          task: undefined,
        },
      ];
    });
    return [...tested, ...scores];
  });
}
