import { findComparison, getSuiteScore, type RunResults, type TaskResult } from "../results/index.js";

/** The run's model beside a baseline, by one metric of one task and pattern or by a suite's score; fractions of 1. */
export interface ComparisonRecord {
  readonly model: string;
  readonly baseline: string;
  /** the suite's name for its score */
  readonly task: string;
  readonly pattern: string | null;
  /** "score" of a suite */
  readonly metric: string;
  readonly value: number;
  readonly baselineValue: number;
  /** value − baselineValue, with its 95% interval */
  readonly difference: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly p: number | null;
  readonly test: string | null;
  /** what is independent, in the plural, and how many of them there are */
  readonly unit: string | null;
  readonly n: number | null;
}

/** One record's place in the results. */
export interface Compared {
  readonly record: ComparisonRecord;
  /** undefined for a suite's score, which has no test */
  readonly task: TaskResult | undefined;
}

/** Every comparison of a run: baseline by baseline, the tasks in the order of the results, then the suites. */
export function comparisonsOf(results: RunResults): Compared[] {
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
        const of = { ...names, task: task.task, pattern: task.pattern, metric, value, baselineValue };
        return [{ record: { ...of, difference, low, high, p, test, unit, n }, task }];
      }),
    );
    const scores = results.suites.flatMap(({ name, score }): Compared[] => {
      const theirs = getSuiteScore(baseline, name);
      if (score === null || theirs === null) return [];
      const untested = { low: null, high: null, p: null, test: null, unit: null, n: null };
      const of = { ...names, task: name, pattern: null, metric: "score", value: score };
      return [
        {
          record: { ...of, baselineValue: theirs, difference: score - theirs, ...untested },
          task: undefined,
        },
      ];
    });
    return [...tested, ...scores];
  });
}
