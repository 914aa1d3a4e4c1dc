import type { MetricResult } from "../metrics/index.js";
import type { BaselineResults, RunResults, TaskComparison, TaskResult } from "../results/index.js";
import { findComparison, findMainResult, getSuiteScore, isUnlabelled, spreads } from "../results/index.js";
import { metricTitle, oneLine, shortNames, taskTitle } from "./names.js";
import { formatFraction, formatSignedFraction } from "./numbers.js";
import { describeLimit } from "./table/index.js";

/** If there are more tasks than this, only their differences are listed: all intervals would bury the sentence. */
const DETAILED = 3;

/**
 * Summarizes a run in a few sentences of plain text, the most important first: how the model compares with each baseline
 * by each task's first metric; whether the data is the bundled sample or limited; on which tasks the model is not clearly
 * better than the best constant answer; scores of suites; and failures. A difference is stated if p < 0.05; otherwise it
 * "may be zero".
 * @example summarySentences(results)[0] // "glm is 4.1 points above bert on COPA (95% interval 0.3 to 7.9, p = 0.03)."
 */
export function summarySentences(results: RunResults): string[] {
  const [name, ...others] = shortNames([results.model, ...results.baselines.map(({ model }) => model)]);
  const baselines = results.baselines.map((baseline, k) => ({ baseline, other: others[k]! }));
  const done = listMainResults(results.tasks);
  const compared = baselines.flatMap(({ baseline }) => listMainComparisons(done, baseline));
  const failures = baselines.flatMap(({ baseline, other }) => failureSentence(baseline, other));
  const found = [
    ...(done.length === 0 && spreads(results.tasks).length === 0 ? [`${name} has no results.`] : []),
    ...baselines.flatMap(({ baseline, other }) =>
      comparisonSentences(results, baseline, { name: name!, other }),
    ),
    ...multipleComparisonsSentence(compared),
    ...constantSentences(done, name!, { all: compared.length === 0 }),
    ...patternSentences(results, name!),
    ...suiteSentences(results, [name!, ...others]),
    ...failures,
    ...unfinishedSentences(results.tasks, name!),
  ];
  return found.toSpliced(1, 0, ...sampleSentence(results), ...limitSentence(results));
}

function listMainResults(tasks: readonly TaskResult[]): TaskResult[] {
  return [...new Set(tasks.map(({ task }) => task))].flatMap((task) => findMainResult(tasks, task) ?? []);
}

interface LabeledComparison {
  readonly label: string;
  readonly comparison: TaskComparison;
}

function listMainComparisons(done: readonly TaskResult[], baseline: BaselineResults): LabeledComparison[] {
  return done.flatMap((task) => {
    const comparison = findComparison(baseline, task, task.metrics[0]!.metric);
    return comparison === undefined ? [] : [{ label: getLabel(task), comparison }];
  });
}

function comparisonSentences(
  results: RunResults,
  baseline: BaselineResults,
  { name, other }: { name: string; other: string },
): string[] {
  const done = listMainResults(results.tasks);
  const compared = listMainComparisons(done, baseline);
  if (compared.length === 0)
    return baseline.status === "failed" ? [] : [`${other} has no results to compare with ${name}.`];
  const isClear = ({ comparison: { p } }: LabeledComparison) => p < 0.05;
  const above = compared.filter((one) => isClear(one) && one.comparison.difference > 0);
  const below = compared.filter((one) => isClear(one) && one.comparison.difference < 0);
  const unclear = compared.filter((one) => !above.includes(one) && !below.includes(one));
  const missing = done.filter((task) => !compared.some(({ label }) => label === getLabel(task)));
  const clauses = [
    ...(above.length > 0 ? [`${name} is ${describeDifferences(above, `above ${other}`)}`] : []),
    ...(below.length > 0
      ? [
          above.length > 0
            ? `it is ${describeDifferences(below, "below")}`
            : `${name} is ${describeDifferences(below, `below ${other}`)}`,
        ]
      : []),
    ...(unclear.length > 0 && above.length + below.length > 0
      ? [`on ${joinList(unclear.map(({ label }) => label))} the difference may be zero`]
      : []),
  ];
  return [
    clauses.length > 0 ? `${clauses.join("; ")}.` : describeNoDifference(unclear, name, other),
    ...(missing.length > 0
      ? [`There is no comparison with ${other} on ${joinList(missing.map(getLabel))}.`]
      : []),
  ];
}

/** Lists differences: "4.1 points above bert on COPA (95% interval 0.3 to 7.9, p = 0.03) and 2.0 points on RTE (…)" */
function describeDifferences(compared: readonly LabeledComparison[], where: string): string {
  const by = ({ comparison }: LabeledComparison) => formatFraction(Math.abs(comparison.difference));
  if (compared.length > DETAILED) {
    const each = compared.map((one, k) => `${one.label} by ${by(one)}${k === 0 ? " points" : ""}`);
    return `${where} on ${compared.length} tasks (p < 0.05 each): ${joinList(each)}`;
  }
  // Negative differences are stated as "below", so their interval changes sign too.
  const sign = compared[0]!.comparison.difference < 0 ? -1 : 1;
  const each = compared.map((one, k) => {
    const { low, high, p } = one.comparison;
    const ends = [sign * low, sign * high].sort((a, b) => a - b).map(formatFraction);
    return `${by(one)} points${k === 0 ? ` ${where}` : ""} on ${one.label} (95% interval ${ends.join(" to ")}, ${formatPText(p)})`;
  });
  return joinList(each);
}

function describeNoDifference(unclear: readonly LabeledComparison[], name: string, other: string): string {
  if (unclear.length > 1)
    return `There is no clear difference between ${name} and ${other}: it may be zero on ${joinList(unclear.map(({ label }) => label))}.`;
  const { label, comparison } = unclear[0]!;
  const { difference, low, high, p } = comparison;
  return `The difference between ${name} and ${other} on ${label} may be zero: ${formatSignedFraction(difference)} points, 95% interval ${formatFraction(low)} to ${formatFraction(high)}, ${formatPText(p)}.`;
}

function multipleComparisonsSentence(compared: readonly LabeledComparison[]): string[] {
  const clear = compared.some(({ comparison: { p } }) => p < 0.05);
  if (!clear || compared.length < 2) return [];
  return [`The p-values are not corrected for the ${compared.length} comparisons.`];
}

/**
 * Compares the model with the best constant answer: on all tasks, or only on those where it is not better. It is "not
 * clearly better" if its 95% interval contains the constant answer's value.
 */
function constantSentences(done: readonly TaskResult[], name: string, { all }: { all: boolean }): string[] {
  const first = (task: TaskResult) => task.metrics[0]!;
  const known = done.filter((task) => first(task).constant !== null);
  const above = known.filter((task) => first(task).low > first(task).constant!);
  const below = known.filter((task) => first(task).high < first(task).constant!);
  const unclear = known.filter((task) => !above.includes(task) && !below.includes(task));
  const constantAnswer = "the best constant answer";
  if (all && done.length === 1) {
    const [task] = done;
    const { constant } = first(task!);
    const verdict =
      above.length > 0 ? "better than" : below.length > 0 ? "worse than" : "not clearly better than";
    const comparison =
      constant === null ? "" : `, ${verdict} ${constantAnswer} (${formatValue(first(task!), constant)})`;
    return [`${name} reaches ${formatWithInterval(task!)} on ${getLabel(task!)}${comparison}.`];
  }
  const detail = (task: TaskResult) => {
    const metric = first(task);
    return `${getLabel(task)} (${formatValue(metric)} vs. ${formatValue(metric, metric.constant!)})`;
  };
  const clauses = [
    ...(all && above.length > 0 ? [`better than ${constantAnswer} on ${joinList(above.map(detail))}`] : []),
    ...(unclear.length > 0
      ? [`not clearly better than ${constantAnswer} on ${joinList(unclear.map(getLabel))}`]
      : []),
    ...(below.length > 0 ? [`worse than ${constantAnswer} on ${joinList(below.map(detail))}`] : []),
  ];
  const without = all ? done.filter((task) => !known.includes(task)) : [];
  return [
    ...(clauses.length > 0
      ? [
          `${name} is ${clauses.join("; ").replaceAll(`; not clearly better than ${constantAnswer}`, "; not clearly better")}.`,
        ]
      : []),
    ...(without.length > 0
      ? [
          `${name} reaches ${joinList(without.map((task) => `${formatWithInterval(task)} on ${getLabel(task)}`))}.`,
        ]
      : []),
  ];
}

/** Reports the mean of tasks with several patterns but no ensemble, for which there is no test. */
function patternSentences({ tasks }: RunResults, name: string): string[] {
  const listed = new Set<string>();
  const each = spreads(tasks).flatMap(({ task, metric, mean, worst, best, patterns }) => {
    if (listed.has(task) || findMainResult(tasks, task) !== undefined) return [];
    listed.add(task);
    const range = `${formatFraction(worst.value)} to ${formatFraction(best.value)}`;
    return [
      `${formatFraction(mean)} on ${taskTitle(task)} ${metricTitle(metric)} (${patterns} patterns, ${range})`,
    ];
  });
  return each.length === 0 ? [] : [`On average over patterns, ${name} reaches ${joinList(each)}.`];
}

function suiteSentences(results: RunResults, names: readonly string[]): string[] {
  return results.suites.flatMap(({ name: suite, title, score }) => {
    if (score === null) return [];
    const all = [results, ...results.baselines].flatMap((one, k) => {
      const found = getSuiteScore(one, suite);
      return found === null ? [] : [`${names[k]} ${formatFraction(found)}`];
    });
    return [`${oneLine(title)} score: ${all.join(", ")}.`];
  });
}

function failureSentence({ status, message }: BaselineResults, other: string): string[] {
  if (status !== "failed") return [];
  return [endSentence(`${other} failed${message === undefined ? "" : `: ${oneLine(message)}`}`)];
}

function unfinishedSentences(tasks: readonly TaskResult[], name: string): string[] {
  const listTitles = (isListed: (task: TaskResult) => boolean) => [
    ...new Set(tasks.filter(isListed).map(({ task }) => taskTitle(task))),
  ];
  const failed = listTitles(({ status }) => status === "failed");
  const missing = listTitles(({ status }) => status === "missing");
  const unlabelled = listTitles(isUnlabelled);
  return [
    ...(failed.length > 0 ? [`${name} failed on ${joinList(failed)}.`] : []),
    ...(missing.length > 0 ? [`There was no data for ${joinList(missing)}.`] : []),
    ...(unlabelled.length > 0
      ? [`There are only predictions (samples/) for ${joinList(unlabelled)}: the data has no gold labels.`]
      : []),
  ];
}

function sampleSentence({ sampleData }: RunResults): string[] {
  if (!sampleData) return [];
  return [
    "The data is the small sample bundled with glm-eval: do not compare these numbers with published ones.",
  ];
}

function limitSentence(results: RunResults): string[] {
  const text = describeLimit(results);
  return text === undefined
    ? []
    : [`The run scored only ${text}: do not compare these numbers with published ones.`];
}

/** Returns the task's title, with the metric unless accuracy is the only one: "COPA", "CB F1". */
function getLabel({ task, metrics }: TaskResult): string {
  const { metric } = metrics[0]!;
  const plain = metric === "accuracy" && metrics.length === 1;
  return plain ? taskTitle(task) : `${taskTitle(task)} ${metricTitle(metric)}`;
}

/** Formats a value in percent, without the sign for a correlation, which is not a percentage. */
function formatValue({ metric, value }: MetricResult, shown = value): string {
  return metric === "mcc" ? formatFraction(shown) : `${formatFraction(shown)}%`;
}

function formatWithInterval({ metrics }: TaskResult): string {
  const { low, high } = metrics[0]!;
  return `${formatValue(metrics[0]!)} (95% interval ${formatFraction(low)} to ${formatFraction(high)})`;
}

/** Formats a p-value: "p = 0.03", "p < 0.001"; values below 0.05 never read as 0.05. */
function formatPText(p: number): string {
  if (p < 0.001) return "p < 0.001";
  const text = String(Number(p.toFixed(3)));
  return p < 0.05 && text === "0.05" ? "p < 0.05" : `p = ${text}`;
}

function joinList(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

function endSentence(text: string): string {
  return /[.!?)]$/.test(text) ? text : `${text}.`;
}
