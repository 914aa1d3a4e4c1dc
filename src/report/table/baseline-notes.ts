import type { BaselineResults, RunResults, TaskComparison, TaskResult } from "../../results/index.js";
import { getSuiteScore } from "../../results/index.js";
import { metricTitle, oneLine, taskLabel, taskTitle } from "../names.js";
import { percent } from "../numbers.js";
import type { Note } from "./report-table.js";

/** Who a baseline is; why it has no value where the run's model has one; what it has where that has none. */
export function baselineNotes(baseline: BaselineResults, results: RunResults): string[] {
  const { tasks } = results;
  const { family, protocol, modelNote, status, message } = baseline;
  const name = oneLine(baseline.model);
  const about = modelNote === undefined ? "" : ` ${oneLine(modelNote)}`;
  const why = message === undefined ? "" : `: ${oneLine(message)}`;
  const reasons = new Map<string, string[]>();
  for (const task of isDone(tasks)) {
    const found = baseline.tasks.find((other) => isSame(task, other));
    if (found?.status === "done") continue;
    // Of a task that is missing or failed there is one result, whatever patterns were asked for.
    const told = found ?? baseline.tasks.find((other) => other.task === task.task && other.status !== "done");
    const reason = told?.message === undefined ? "not run" : oneLine(told.message);
    reasons.set(reason, [...(reasons.get(reason) ?? []), taskLabel(task, tasks)]);
  }
  const lacks = [...reasons].map(([reason, names]) => `${names.join(", ")} (${reason})`);
  const alone = isDone(baseline.tasks)
    .filter((task) => !isDone(tasks).some((other) => isSame(task, other)))
    .flatMap((task) =>
      task.metrics.map(
        ({ metric, title, value }) =>
          `${taskLabel(task, baseline.tasks)} ${metricTitle(metric, title)} ${percent(value)}`,
      ),
    );
  for (const { name: suite, title, score } of baseline.suites)
    if (score !== null && getSuiteScore(results, suite) === null)
      alone.push(`${oneLine(title)} score ${percent(score)}`);
  const nothing = status === "failed" && baseline.tasks.length === 0;
  return [
    `Baseline ${name}: family ${oneLine(family)}, protocol ${oneLine(protocol)}.${about}`,
    ...(status === "failed" ? [`${name} failed${why}`] : []),
    ...(lacks.length > 0 && !nothing ? [`${name} lacks ${lacks.join(", ")}.`] : []),
    ...(alone.length > 0 ? [`${name} alone has ${alone.join(", ")}.`] : []),
    ...notAsked(baseline, name),
    ...judgedOtherwise(baseline, results),
  ];
}

/** What the model could not be asked: compared are the examples that both models were asked. */
function notAsked({ tasks }: BaselineResults, name: string): string[] {
  const told = isDone(tasks).flatMap((task) =>
    task.skipped === undefined
      ? []
      : [`${task.skipped} of ${task.examples + task.skipped} examples of ${taskLabel(task, tasks)}`],
  );
  return told.length === 0 ? [] : [`${name} could not be asked ${told.join(", ")}: they are left out.`];
}

/** Where a finished run was judged by other conventions: the difference is then not the models' alone. */
function judgedOtherwise(baseline: BaselineResults, { tasks }: RunResults): string[] {
  const found = new Map<string, string[]>();
  for (const task of isDone(tasks)) {
    const other = isDone(baseline.tasks).find((one) => isSame(task, one));
    if (other === undefined) continue;
    const calibration = ({ calibration: by }: TaskResult): string => by ?? "none";
    const differing = [
      ...(calibration(task) === calibration(other) ? [] : [`calibration ${calibration(other)}`]),
      ...(task.normalization === other.normalization ? [] : [`normalization ${other.normalization}`]),
      ...(task.aggregate === other.aggregate ? [] : [`aggregate ${other.aggregate ?? "none"}`]),
    ].join(", ");
    if (differing === "") continue;
    const names = found.get(differing) ?? [];
    found.set(differing, [...names, ...(names.includes(taskTitle(task.task)) ? [] : [taskTitle(task.task)])]);
  }
  const told = [...found].map(([what, names]) => `${names.join(", ")} with ${what}`);
  return told.length === 0 ? [] : [`${oneLine(baseline.model)} was judged otherwise: ${told.join("; ")}.`];
}

/**
 * What the differences from the baselines and their p are.
 * @param other whom the run's model is compared with
 */
export function comparisonNotes({ model, baselines }: RunResults, other = "the column's model"): Note[] {
  const comparisons = baselines.flatMap((baseline) => baseline.comparisons);
  if (comparisons.length === 0) return [];
  const exact = comparisons.filter(({ test }) => test.startsWith("McNemar"));
  const drawn = comparisons.filter((comparison) => !exact.includes(comparison));
  const metrics = [...new Set(exact.map(({ metric }) => metric.replaceAll("_", " ")))];
  const tests = [
    ...(exact.length > 0
      ? [`McNemar's exact test for ${metrics.join(" and ")} of independent examples`]
      : []),
    ...(drawn.length > 0
      ? [`paired bootstrap${exact.length > 0 ? " for the others" : ""}, over ${units(drawn)}`]
      : []),
  ];
  const byChance = (0.05 * comparisons.length).toFixed(1);
  return [
    {
      kind: "comparison",
      text: `Diff.: ${oneLine(model)} less ${other}, in points. p, two-sided: ${tests.join("; ")}.`,
    },
    {
      kind: "comparison",
      mark: "significant",
      text: `p < 0.05, not adjusted for the number of comparisons: of ${comparisons.length}, about ${byChance} fall below 0.05 by chance where the models are equal.`,
    },
  ];
}

/** "questions (MultiRC), pairs (AX-g), examples (CB, AX-b)"; a task is named once, by the unit of its first metric. */
function units(comparisons: readonly TaskComparison[]): string {
  const unitOf = new Map<string, string>();
  for (const { task, unit } of comparisons) if (!unitOf.has(task)) unitOf.set(task, unit);
  const names = [...new Set(unitOf.values())];
  return names
    .map((unit) => {
      const tasks = [...unitOf].filter(([, other]) => other === unit).map(([task]) => taskTitle(task));
      return `${oneLine(unit)} (${tasks.join(", ")})`;
    })
    .join(", ");
}

function isDone(tasks: readonly TaskResult[]): TaskResult[] {
  return tasks.filter(({ status }) => status === "done");
}

function isSame(a: TaskResult, b: TaskResult): boolean {
  return a.task === b.task && a.pattern === b.pattern;
}
