import type { MetricResult } from "../../metrics/index.js";
import type { BaselineResults, RunResults, Spread, TaskComparison, TaskResult } from "../../results/index.js";
import {
  countJudgedExamples,
  findComparison,
  findMainResult,
  getSuiteScore,
  spreads,
} from "../../results/index.js";
import { metricTitle, oneLine, shortNames, taskTitle } from "../names.js";
import { findPublishedRow, getPublishedValue, type PublishedRow, type PublishedValue } from "../published.js";

/** A model's value in one row; all are fractions. */
export interface Value {
  /** of the ensemble or the only pattern; the mean if there are several patterns and no ensemble */
  readonly value: number;
  /** the metric result behind `value`, unless it is a mean */
  readonly metric?: MetricResult;
  readonly spread?: Spread | undefined;
}

/** One metric of one task, or the score of a suite, with every model's value. */
export interface Row {
  readonly task: string;
  readonly metric: string;
  readonly title: string;
  readonly metricTitle: string;
  /** number of examples; undefined for a suite's score */
  readonly examples?: number;
  readonly own: Value;
  /** one per baseline, in order */
  readonly baselines: readonly {
    readonly value?: Value | undefined;
    readonly comparison?: TaskComparison | undefined;
    /** one per pattern, if there are several patterns and no ensemble */
    readonly patterns?: readonly TaskComparison[];
  }[];
}

/** Everything that the page is made from, resolved once. */
export interface Report {
  readonly results: RunResults;
  /** the run's model, then the baselines */
  readonly names: readonly string[];
  readonly rows: readonly Row[];
  readonly published: readonly PublishedRow[];
}

/** Resolves the data of the page. @throws GlmEvalError (usage) for an unknown published id */
export function makeReport(results: RunResults, published: readonly string[]): Report {
  const models = [results, ...results.baselines];
  const names = [...new Set(results.tasks.map(({ task }) => task))];
  const rows = [...names.flatMap((name) => taskRows(results, name)), ...suiteRows(results)];
  return {
    results,
    names: shortNames(models.map(({ model }) => model)),
    rows,
    published: [...new Set(published)]
      .map(findPublishedRow)
      .filter((one) => rows.some((row) => findPublished(one, row) !== undefined)),
  };
}

export function findPublished(published: PublishedRow, { task, metric }: Row): PublishedValue | undefined {
  return getPublishedValue(published, task, metric);
}

function taskRows(results: RunResults, task: string): Row[] {
  const done = results.tasks.find((one) => one.task === task && one.status === "done");
  if (done === undefined) return [];
  return done.metrics.flatMap(({ metric, title: customTitle, better }) => {
    const main = findMainResult(results.tasks, task);
    const own = modelValue(results.tasks, { task, metric, main });
    if (own === undefined) return [];
    return {
      task,
      metric,
      title: taskTitle(task),
      metricTitle: `${metricTitle(metric, customTitle)}${better === "lower" ? " (lower is better)" : ""}`,
      examples: countJudgedExamples(done),
      own,
      baselines: results.baselines.map((baseline) => ({
        value: modelValue(baseline.tasks, { task, metric, main }),
        comparison: main && findComparison(baseline, main, metric),
        patterns: main
          ? []
          : baseline.comparisons.filter((one) => one.task === task && one.metric === metric),
      })),
    };
  });
}

/** Returns the value of the pattern or ensemble that represents the task; if there is none, the mean over its patterns. */
function modelValue(
  tasks: readonly TaskResult[],
  { task, metric, main }: { task: string; metric: string; main: TaskResult | undefined },
): Value | undefined {
  const spread = spreads(tasks.filter((one) => one.task === task)).find((one) => one.metric === metric);
  if (main === undefined) return spread && { value: spread.mean, spread };
  const found = tasks
    .find((one) => one.task === task && one.pattern === main.pattern && one.status === "done")
    ?.metrics.find((one) => one.metric === metric);
  return found && { value: found.value, metric: found, spread };
}

function suiteRows({ suites, baselines }: RunResults): Row[] {
  const score = (results: BaselineResults, suite: string): Value | undefined => {
    const found = getSuiteScore(results, suite);
    return found === null ? undefined : { value: found };
  };
  return suites.flatMap(({ name, title, score: own }) =>
    own === null
      ? []
      : {
          task: name,
          metric: "score",
          title: oneLine(title),
          metricTitle: "score",
          own: { value: own },
          baselines: baselines.map((baseline) => ({ value: score(baseline, name) })),
        },
  );
}
