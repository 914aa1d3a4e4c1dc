import type { MetricResult } from "../../metrics/index.js";
import type { BaselineResults, RunResults, Spread, TaskComparison, TaskResult } from "../../results/index.js";
import { findComparison, judgedExamples, mainResult, spreads, suiteScoreOf } from "../../results/index.js";
import { metricTitle, oneLine, shortNames, taskTitle } from "../names.js";
import { type PublishedRow, type PublishedValue, publishedRow, publishedValue } from "../published.js";

/** A model's value of one row; all are fractions. */
export interface Value {
  /** of the ensemble or the only pattern; where there are several patterns and no ensemble their mean */
  readonly value: number;
  /** of what `value` is, unless it is a mean */
  readonly metric?: MetricResult;
  readonly spread?: Spread | undefined;
}

/** One metric of one task, or the score of a suite, with what every model has of it. */
export interface Row {
  readonly task: string;
  readonly metric: string;
  readonly title: string;
  readonly metricTitle: string;
  /** examples; none of a suite's score */
  readonly examples?: number;
  readonly own: Value;
  /** one for each baseline, in their order */
  readonly baselines: readonly {
    readonly value?: Value | undefined;
    readonly comparison?: TaskComparison | undefined;
    /** where several patterns have no ensemble: each one's */
    readonly patterns?: readonly TaskComparison[];
  }[];
}

/** Everything that the page is made of, resolved once. */
export interface Report {
  readonly results: RunResults;
  /** the run's model, then the baselines */
  readonly names: readonly string[];
  readonly rows: readonly Row[];
  readonly published: readonly PublishedRow[];
}

/** @throws GlmEvalError (usage) for an unknown published id */
export function reportOf(results: RunResults, published: readonly string[]): Report {
  const models = [results, ...results.baselines];
  const names = [...new Set(results.tasks.map(({ task }) => task))];
  const rows = [...names.flatMap((name) => taskRows(results, name)), ...suiteRows(results)];
  return {
    results,
    names: shortNames(models.map(({ model }) => model)),
    rows,
    published: [...new Set(published)]
      .map(publishedRow)
      .filter((one) => rows.some((row) => publishedOf(one, row) !== undefined)),
  };
}

export function publishedOf(published: PublishedRow, { task, metric }: Row): PublishedValue | undefined {
  return publishedValue(published, task, metric);
}

function taskRows(results: RunResults, task: string): Row[] {
  const done = results.tasks.find((one) => one.task === task && one.status === "done");
  if (done === undefined) return [];
  return done.metrics.flatMap(({ metric, title: ofOwn, better }) => {
    const main = mainResult(results.tasks, task);
    const own = modelValue(results.tasks, { task, metric, main });
    if (own === undefined) return [];
    return {
      task,
      metric,
      title: taskTitle(task),
      metricTitle: `${metricTitle(metric, ofOwn)}${better === "lower" ? " (lower is better)" : ""}`,
      examples: judgedExamples(done),
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

/** Of the pattern or ensemble that stands for the task; where none does, the mean over its patterns. */
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
  const score = (of: BaselineResults, suite: string): Value | undefined => {
    const found = suiteScoreOf(of, suite);
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
