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

/** What a row of the results is about; its columns make cells of it. */
export type Subject =
  | {
      readonly kind: "metric";
      readonly label: string;
      readonly task: TaskResult;
      readonly metric: MetricResult;
      /**
       * over the patterns, where the row stands for several: `task` and `metric` are then their ensemble's, or the first
       * pattern's where there is none
       */
      readonly spread?: Spread;
      /** whether some questions, of whichever pattern, have answers that the model cannot distinguish */
      readonly hasSameTokens: boolean;
    }
  | { readonly kind: "score"; readonly label: string; readonly suite: string; readonly score: number }
  | { readonly kind: "message"; readonly label: string; readonly task: TaskResult };

export type ValueSubject = Exclude<Subject, { kind: "message" }>;

/** A subject for each task and metric, however many patterns the task ran with, then for each suite that has a score. */
export function subjectsOf(results: RunResults): Subject[] {
  const all = spreads(results.tasks);
  const subjects = results.tasks.flatMap((task): Subject[] => {
    const own = all.filter((spread) => spread.task === task.task);
    if (own.length > 0 && task.status === "done") return foldedSubjects(task, own, results.tasks);
    const label = taskLabel(task, results.tasks);
    if (task.status !== "done") return [{ kind: "message", label, task }];
    if (isUnlabelled(task)) return unlabelledSubject(task, results.tasks);
    const hasSameTokens = task.sameTokens !== undefined;
    return task.metrics.map((metric) => ({ kind: "metric", label, task, metric, hasSameTokens }));
  });
  return [...subjects, ...results.suites.flatMap(scoreSubject)];
}

/** One for all of a task's patterns: no label is no label, however it was asked. */
function unlabelledSubject(task: TaskResult, tasks: readonly TaskResult[]): Subject[] {
  const first = tasks.find((other) => other.task === task.task && isUnlabelled(other));
  return task === first ? [{ kind: "message", label: taskTitle(task.task), task }] : [];
}

/** Those of all of a task's patterns, given with the first of them. */
function foldedSubjects(task: TaskResult, own: readonly Spread[], tasks: readonly TaskResult[]): Subject[] {
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

function scoreSubject({ name: suite, title, score }: SuiteResult): Subject[] {
  return score === null ? [] : [{ kind: "score", label: oneLine(title), suite, score }];
}

export function spreadOf(subject: Subject): Spread | undefined {
  return subject.kind === "metric" ? subject.spread : undefined;
}

/** Whether the metric is of what the row stands for: one pattern, or the ensemble of several. */
export function hasOwnValue(subject: ValueSubject): boolean {
  return subject.kind === "metric" && (subject.spread === undefined || subject.task.kind === "ensemble");
}

export function markOf(subject: ValueSubject): Mark | undefined {
  return subject.kind === "metric" && subject.hasSameTokens ? "same-tokens" : undefined;
}

export function metricOf(subject: ValueSubject): string {
  return subject.kind === "score" ? "score" : metricTitle(subject.metric.metric, subject.metric.title);
}

/** A fraction of 1. */
export function fractionOf(subject: ValueSubject): number {
  return subject.kind === "score" ? subject.score : subject.metric.value;
}
