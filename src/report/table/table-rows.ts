import type { MetricResult } from "../../metrics/index.js";
import {
  findEnsemble,
  findPatternResults,
  isUnlabelled,
  type RunResults,
  type Spread,
  type SuiteResult,
  spreads,
  type TaskResult,
} from "../../results/index.js";
import { metricTitle, oneLine, taskLabel, taskTitle } from "../names.js";
import type { Mark } from "./report-table.js";

/** What a row of results is about; the columns make its cells. */
export type Subject =
  | {
      readonly kind: "metric";
      readonly label: string;
      readonly task: TaskResult;
      readonly metric: MetricResult;
      /**
       * over the patterns if the row combines several: `task` and `metric` are then the ensemble's, or the first pattern's
       * without an ensemble
       */
      readonly spread?: Spread;
      /** whether some questions, of any pattern, have answers that the model cannot distinguish */
      readonly hasSameTokens: boolean;
    }
  | { readonly kind: "score"; readonly label: string; readonly suite: string; readonly score: number }
  | { readonly kind: "message"; readonly label: string; readonly task: TaskResult };

export type ValueSubject = Exclude<Subject, { kind: "message" }>;

/** Lists a subject for each task and metric, however many patterns the task ran with, then one for each suite with a score. */
export function listSubjects(results: RunResults): Subject[] {
  const all = spreads(results.tasks);
  const subjects = results.tasks.flatMap((task): Subject[] => {
    const own = all.filter((spread) => spread.task === task.task);
    if (own.length > 0 && task.status === "done") return combinePatterns(task, own, results.tasks);
    const label = taskLabel(task, results.tasks);
    if (task.status !== "done") return [{ kind: "message", label, task }];
    if (isUnlabelled(task)) return unlabelledSubject(task, results.tasks);
    const hasSameTokens = task.sameTokens !== undefined;
    return task.metrics.map((metric) => ({ kind: "metric", label, task, metric, hasSameTokens }));
  });
  return [...subjects, ...results.suites.flatMap(makeScoreSubject)];
}

/** Makes one subject for all of a task's patterns: without gold labels, the pattern does not matter. */
function unlabelledSubject(task: TaskResult, tasks: readonly TaskResult[]): Subject[] {
  const first = tasks.find((other) => other.task === task.task && isUnlabelled(other));
  return task === first ? [{ kind: "message", label: taskTitle(task.task), task }] : [];
}

/** Makes the subjects that combine a task's patterns; only for the first pattern, so that they are listed once. */
function combinePatterns(task: TaskResult, own: readonly Spread[], tasks: readonly TaskResult[]): Subject[] {
  const patterns = findPatternResults(tasks, task.task);
  if (task !== patterns[0]) return [];
  const shown = findEnsemble(tasks, task.task) ?? task;
  return own.map((spread) => ({
    kind: "metric",
    label: taskTitle(task.task),
    task: shown,
    metric: shown.metrics.find(({ metric }) => metric === spread.metric)!,
    spread,
    hasSameTokens: patterns.some(({ sameTokens }) => sameTokens !== undefined),
  }));
}

function makeScoreSubject({ name: suite, title, score }: SuiteResult): Subject[] {
  return score === null ? [] : [{ kind: "score", label: oneLine(title), suite, score }];
}

export function getSpread(subject: Subject): Spread | undefined {
  return subject.kind === "metric" ? subject.spread : undefined;
}

/** Whether the metric describes the row: one pattern, or the ensemble of several. */
export function hasOwnValue(subject: ValueSubject): boolean {
  return subject.kind === "metric" && (subject.spread === undefined || subject.task.kind === "ensemble");
}

export function getMark(subject: ValueSubject): Mark | undefined {
  return subject.kind === "metric" && subject.hasSameTokens ? "same-tokens" : undefined;
}

export function getMetricTitle(subject: ValueSubject): string {
  return subject.kind === "score" ? "score" : metricTitle(subject.metric.metric, subject.metric.title);
}

/** Returns the row's value, a fraction of 1. */
export function getFraction(subject: ValueSubject): number {
  return subject.kind === "score" ? subject.score : subject.metric.value;
}
