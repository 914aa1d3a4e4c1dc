import type { BaselineResults, RunResults, TaskComparison, TaskResult } from "../../results/index.js";
import { getSuiteScore } from "../../results/index.js";
import { metricTitle, oneLine, taskLabel, taskTitle } from "../names.js";
import { formatFraction } from "../numbers.js";
import type { Note } from "./report-table.js";

/** Lists what a baseline is, why it lacks values that the run's model has, and which values only the baseline has. */
export function listBaselineNotes(baseline: BaselineResults, results: RunResults): string[] {
  const { tasks } = results;
  const { family, protocol, modelNote, status, message } = baseline;
  const name = oneLine(baseline.model);
  const about = modelNote === undefined ? "" : ` ${oneLine(modelNote)}`;
  const why = message === undefined ? "" : `: ${oneLine(message)}`;
  const reasons = new Map<string, string[]>();
  for (const task of filterDone(tasks)) {
    const found = baseline.tasks.find((other) => isSame(task, other));
    if (found?.status === "done") continue;
    // A missing or failed task has one result, whichever patterns were requested.
    const unfinished =
      found ?? baseline.tasks.find((other) => other.task === task.task && other.status !== "done");
    const reason = unfinished?.message === undefined ? "not run" : oneLine(unfinished.message);
    reasons.set(reason, [...(reasons.get(reason) ?? []), taskLabel(task, tasks)]);
  }
  const missing = [...reasons].map(([reason, names]) => `${names.join(", ")} (${reason})`);
  const onlyBaseline = filterDone(baseline.tasks)
    .filter((task) => !filterDone(tasks).some((other) => isSame(task, other)))
    .flatMap((task) =>
      task.metrics.map(
        ({ metric, title, value }) =>
          `${taskLabel(task, baseline.tasks)} ${metricTitle(metric, title)} ${formatFraction(value)}`,
      ),
    );
  for (const { name: suite, title, score } of baseline.suites)
    if (score !== null && getSuiteScore(results, suite) === null)
      onlyBaseline.push(`${oneLine(title)} score ${formatFraction(score)}`);
  const hasNothing = status === "failed" && baseline.tasks.length === 0;
  return [
    `Baseline ${name}: family ${oneLine(family)}, protocol ${oneLine(protocol)}.${about}`,
    ...(status === "failed" ? [`${name} failed${why}`] : []),
    ...(missing.length > 0 && !hasNothing ? [`${name} has no results for ${missing.join(", ")}.`] : []),
    ...(onlyBaseline.length > 0 ? [`Only ${name} has results for these: ${onlyBaseline.join(", ")}.`] : []),
    ...listSkipped(baseline, name),
    ...listSettingDifferences(baseline, results),
  ];
}

/** Lists the examples that could not be scored with the baseline; only examples scored with both models are compared. */
function listSkipped({ tasks }: BaselineResults, name: string): string[] {
  const skipped = filterDone(tasks).flatMap((task) =>
    task.skipped === undefined
      ? []
      : [`${task.skipped} of ${task.examples + task.skipped} examples of ${taskLabel(task, tasks)}`],
  );
  return skipped.length === 0 ? [] : [`${name} could not score ${skipped.join(", ")}: they are left out.`];
}

/** Lists tasks that the baseline's run judged with other settings: the difference is then not only between the models. */
function listSettingDifferences(baseline: BaselineResults, { tasks }: RunResults): string[] {
  const found = new Map<string, string[]>();
  for (const task of filterDone(tasks)) {
    const other = filterDone(baseline.tasks).find((one) => isSame(task, one));
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
  const listed = [...found].map(([what, names]) => `${names.join(", ")} with ${what}`);
  return listed.length === 0
    ? []
    : [`${oneLine(baseline.model)} was judged with other settings: ${listed.join("; ")}.`];
}

/**
 * Explains the differences from the baselines and their p-values.
 * @param other what the run's model is compared with
 */
export function listTestNotes({ model, baselines }: RunResults, other = "the column's model"): Note[] {
  const comparisons = baselines.flatMap((baseline) => baseline.comparisons);
  if (comparisons.length === 0) return [];
  const exact = comparisons.filter(({ test }) => test.startsWith("McNemar"));
  const bootstrapped = comparisons.filter((comparison) => !exact.includes(comparison));
  const metrics = [...new Set(exact.map(({ metric }) => metric.replaceAll("_", " ")))];
  const tests = [
    ...(exact.length > 0
      ? [`McNemar's exact test for ${metrics.join(" and ")} on independent examples`]
      : []),
    ...(bootstrapped.length > 0
      ? [`paired bootstrap${exact.length > 0 ? " for the rest" : ""}, resampling ${listUnits(bootstrapped)}`]
      : []),
  ];
  const byChance = (0.05 * comparisons.length).toFixed(1);
  return [
    {
      kind: "comparison",
      text: `Diff.: ${oneLine(model)} minus ${other}, in points. p (two-sided): ${tests.join("; ")}.`,
    },
    {
      kind: "comparison",
      mark: "significant",
      text: `p < 0.05, not corrected for multiple comparisons: if the models were equal, about ${byChance} of ${comparisons.length} would fall below 0.05 by chance.`,
    },
  ];
}

/** Lists tasks by unit: "questions (MultiRC), pairs (AX-g), examples (CB, AX-b)"; each once, by its first metric's unit. */
function listUnits(comparisons: readonly TaskComparison[]): string {
  const unitByTask = new Map<string, string>();
  for (const { task, unit } of comparisons) if (!unitByTask.has(task)) unitByTask.set(task, unit);
  const names = [...new Set(unitByTask.values())];
  return names
    .map((unit) => {
      const tasks = [...unitByTask].filter(([, other]) => other === unit).map(([task]) => taskTitle(task));
      return `${oneLine(unit)} (${tasks.join(", ")})`;
    })
    .join(", ");
}

function filterDone(tasks: readonly TaskResult[]): TaskResult[] {
  return tasks.filter(({ status }) => status === "done");
}

function isSame(a: TaskResult, b: TaskResult): boolean {
  return a.task === b.task && a.pattern === b.pattern;
}
