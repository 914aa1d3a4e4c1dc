import type { MetricResult } from "../metrics/index.js";
import type { BaselineResults, RunResults, TaskComparison, TaskResult } from "../results/index.js";
import { findComparison, findMainResult, getSuiteScore, isUnlabelled, spreads } from "../results/index.js";
import { metricTitle, oneLine, shortNames, taskTitle } from "./names.js";
import { percent, signed } from "./numbers.js";
import { limitText } from "./table/index.js";

/** More than this many tasks are listed with their difference alone: intervals of all would bury the sentence. */
const DETAILED = 3;

/**
 * What a run found, in a few sentences of plain text, the most important first: how the model compares with each baseline
 * by each task's first metric; whether the data is the bundled sample; where the model is no better than always answering
 * the same; scores of suites; and what failed. A difference is told where p < 0.05, else it "may be zero".
 * @example summarySentences(results)[0] // "glm is 4.1 points above bert on COPA (95% interval 0.3 to 7.9, p = 0.03)."
 */
export function summarySentences(results: RunResults): string[] {
  const [name, ...others] = shortNames([results.model, ...results.baselines.map(({ model }) => model)]);
  const baselines = results.baselines.map((baseline, k) => ({ baseline, other: others[k]! }));
  const done = mainResults(results.tasks);
  const compared = baselines.flatMap(({ baseline }) => mainComparisons(done, baseline));
  const failures = baselines.flatMap(({ baseline, other }) => failed(baseline, other));
  const found = [
    ...(done.length === 0 && spreads(results.tasks).length === 0 ? [`${name} has no result.`] : []),
    ...baselines.flatMap(({ baseline, other }) => against(results, baseline, { name: name!, other })),
    ...manyComparisons(compared),
    ...againstConstant(done, name!, { all: compared.length === 0 }),
    ...overPatterns(results, name!),
    ...suiteSentences(results, [name!, ...others]),
    ...failures,
    ...notDone(results.tasks, name!),
  ];
  return found.toSpliced(1, 0, ...sampleSentence(results), ...limitSentence(results));
}

function mainResults(tasks: readonly TaskResult[]): TaskResult[] {
  return [...new Set(tasks.map(({ task }) => task))].flatMap((task) => findMainResult(tasks, task) ?? []);
}

interface Told {
  readonly label: string;
  readonly comparison: TaskComparison;
}

function mainComparisons(done: readonly TaskResult[], baseline: BaselineResults): Told[] {
  return done.flatMap((task) => {
    const comparison = findComparison(baseline, task, task.metrics[0]!.metric);
    return comparison === undefined ? [] : [{ label: labelOf(task), comparison }];
  });
}

function against(
  results: RunResults,
  baseline: BaselineResults,
  { name, other }: { name: string; other: string },
): string[] {
  const done = mainResults(results.tasks);
  const told = mainComparisons(done, baseline);
  if (told.length === 0)
    return baseline.status === "failed" ? [] : [`${other} has no result to compare with ${name}.`];
  const isClear = ({ comparison: { p } }: Told) => p < 0.05;
  const above = told.filter((one) => isClear(one) && one.comparison.difference > 0);
  const below = told.filter((one) => isClear(one) && one.comparison.difference < 0);
  const open = told.filter((one) => !above.includes(one) && !below.includes(one));
  const lacking = done.filter((task) => !told.some(({ label }) => label === labelOf(task)));
  const clauses = [
    ...(above.length > 0 ? [`${name} is ${differences(above, `above ${other}`)}`] : []),
    ...(below.length > 0
      ? [
          above.length > 0
            ? `it is ${differences(below, "below")}`
            : `${name} is ${differences(below, `below ${other}`)}`,
        ]
      : []),
    ...(open.length > 0 && above.length + below.length > 0
      ? [`on ${list(open.map(({ label }) => label))} the difference may be zero`]
      : []),
  ];
  return [
    clauses.length > 0 ? `${clauses.join("; ")}.` : noDifference(open, name, other),
    ...(lacking.length > 0 ? [`There is no comparison with ${other} on ${list(lacking.map(labelOf))}.`] : []),
  ];
}

/** "4.1 points above bert on COPA (95% interval 0.3 to 7.9, p = 0.03) and 2.0 points on RTE (…)" */
function differences(told: readonly Told[], where: string): string {
  const by = ({ comparison }: Told) => percent(Math.abs(comparison.difference));
  if (told.length > DETAILED) {
    const each = told.map((one, k) => `${one.label} by ${by(one)}${k === 0 ? " points" : ""}`);
    return `${where} on ${told.length} tasks (p < 0.05 each): ${list(each)}`;
  }
  // The interval is of the difference as it is told: above or below.
  const sign = told[0]!.comparison.difference < 0 ? -1 : 1;
  const each = told.map((one, k) => {
    const { low, high, p } = one.comparison;
    const ends = [sign * low, sign * high].sort((a, b) => a - b).map(percent);
    return `${by(one)} points${k === 0 ? ` ${where}` : ""} on ${one.label} (95% interval ${ends.join(" to ")}, ${pText(p)})`;
  });
  return list(each);
}

function noDifference(open: readonly Told[], name: string, other: string): string {
  if (open.length > 1)
    return `${name} and ${other} cannot be distinguished: on ${list(open.map(({ label }) => label))} the difference may be zero.`;
  const { label, comparison } = open[0]!;
  const { difference, low, high, p } = comparison;
  return `The difference between ${name} and ${other} on ${label} may be zero: ${signed(difference)} points, 95% interval ${percent(low)} to ${percent(high)}, ${pText(p)}.`;
}

function manyComparisons(compared: readonly Told[]): string[] {
  const clear = compared.some(({ comparison: { p } }) => p < 0.05);
  if (!clear || compared.length < 2) return [];
  return [`The p values are not adjusted for ${compared.length} comparisons.`];
}

/** The model beside the best constant answer: all of it, or only where it is not better. */
function againstConstant(done: readonly TaskResult[], name: string, { all }: { all: boolean }): string[] {
  const first = (task: TaskResult) => task.metrics[0]!;
  const known = done.filter((task) => first(task).constant !== null);
  const above = known.filter((task) => first(task).low > first(task).constant!);
  const below = known.filter((task) => first(task).high < first(task).constant!);
  const open = known.filter((task) => !above.includes(task) && !below.includes(task));
  const same = "always answering the same";
  if (all && done.length === 1) {
    const [task] = done;
    const { constant } = first(task!);
    const verdict = above.length > 0 ? "better than" : below.length > 0 ? "worse than" : "no better than";
    const beside = constant === null ? "" : `, ${verdict} ${same} (${value(first(task!), constant)})`;
    return [`${name} reaches ${withInterval(task!)} on ${labelOf(task!)}${beside}.`];
  }
  const detail = (task: TaskResult) => {
    const metric = first(task);
    return `${labelOf(task)} (${value(metric)} against ${value(metric, metric.constant!)})`;
  };
  const clauses = [
    ...(all && above.length > 0 ? [`better than ${same} on ${list(above.map(detail))}`] : []),
    ...(open.length > 0
      ? [`no better than ${same}, as far as the intervals tell, on ${list(open.map(labelOf))}`]
      : []),
    ...(below.length > 0 ? [`worse than ${same} on ${list(below.map(detail))}`] : []),
  ];
  const without = all ? done.filter((task) => !known.includes(task)) : [];
  return [
    ...(clauses.length > 0
      ? [`${name} is ${clauses.join("; ").replaceAll(`; no better than ${same}`, "; no better")}.`]
      : []),
    ...(without.length > 0
      ? [`${name} reaches ${list(without.map((task) => `${withInterval(task)} on ${labelOf(task)}`))}.`]
      : []),
  ];
}

/** Of tasks with several patterns that no ensemble puts together there is no test. */
function overPatterns({ tasks }: RunResults, name: string): string[] {
  const told = new Set<string>();
  const each = spreads(tasks).flatMap(({ task, metric, mean, worst, best, patterns }) => {
    if (told.has(task) || findMainResult(tasks, task) !== undefined) return [];
    told.add(task);
    const range = `${percent(worst.value)} to ${percent(best.value)}`;
    return [
      `${percent(mean)} on ${taskTitle(task)} ${metricTitle(metric)} over ${patterns} patterns (${range})`,
    ];
  });
  return each.length === 0 ? [] : [`On average ${name} reaches ${list(each)}.`];
}

function suiteSentences(results: RunResults, names: readonly string[]): string[] {
  return results.suites.flatMap(({ name: suite, title, score }) => {
    if (score === null) return [];
    const all = [results, ...results.baselines].flatMap((one, k) => {
      const found = getSuiteScore(one, suite);
      return found === null ? [] : [`${names[k]} ${percent(found)}`];
    });
    return [`${oneLine(title)} score: ${all.join(", ")}.`];
  });
}

function failed({ status, message }: BaselineResults, other: string): string[] {
  if (status !== "failed") return [];
  return [sentence(`${other} failed${message === undefined ? "" : `: ${oneLine(message)}`}`)];
}

function notDone(tasks: readonly TaskResult[], name: string): string[] {
  const names = (is: (task: TaskResult) => boolean) => [
    ...new Set(tasks.filter(is).map(({ task }) => taskTitle(task))),
  ];
  const of = (status: TaskResult["status"]) => names((task) => task.status === status);
  const [broken, missing, unlabelled] = [of("failed"), of("missing"), names(isUnlabelled)];
  return [
    ...(broken.length > 0 ? [`${name} failed on ${list(broken)}.`] : []),
    ...(missing.length > 0 ? [`Of ${list(missing)} there was no data.`] : []),
    ...(unlabelled.length > 0
      ? [`Of ${list(unlabelled)} there are predictions only (samples/): the data has no gold labels.`]
      : []),
  ];
}

function sampleSentence({ sampleData }: RunResults): string[] {
  if (!sampleData) return [];
  return [
    "The data is the small sample that comes with glm-eval: these numbers say nothing about published ones.",
  ];
}

function limitSentence(results: RunResults): string[] {
  const text = limitText(results);
  return text === undefined
    ? []
    : [`Scored were only ${text}: do not compare these numbers with published ones.`];
}

/** "COPA"; with its metric where that is not the accuracy alone: "CB F1". */
function labelOf({ task, metrics }: TaskResult): string {
  const { metric } = metrics[0]!;
  const plain = metric === "accuracy" && metrics.length === 1;
  return plain ? taskTitle(task) : `${taskTitle(task)} ${metricTitle(metric)}`;
}

/** In percent; a correlation times 100 is no percentage. */
function value({ metric, value: own }: MetricResult, of = own): string {
  return metric === "mcc" ? percent(of) : `${percent(of)}%`;
}

function withInterval({ metrics }: TaskResult): string {
  const { low, high } = metrics[0]!;
  return `${value(metrics[0]!)} (95% interval ${percent(low)} to ${percent(high)})`;
}

/** "p = 0.03", "p < 0.001"; what is below 0.05 never reads as 0.05. */
function pText(p: number): string {
  if (p < 0.001) return "p < 0.001";
  const text = String(Number(p.toFixed(3)));
  return p < 0.05 && text === "0.05" ? "p < 0.05" : `p = ${text}`;
}

function list(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

function sentence(text: string): string {
  return /[.!?)]$/.test(text) ? text : `${text}.`;
}
