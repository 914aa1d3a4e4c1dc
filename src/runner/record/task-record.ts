import type { Metric, SuiteRule } from "../../metrics/index.js";
import { getMetric, loadRecordedMetric, type Suite, type Task, type TaskPattern } from "../../tasks/index.js";
import type { JudgedTask } from "../judge/judged-task.js";
import type { PatternRecord, SuiteRecord, TaskRecord } from "./run-record.js";

/** Makes the record of a pattern: the facts that judging needs. */
export function makePatternRecord({ id, decision, normalization, aggregate }: TaskPattern): PatternRecord {
  return { id, decision, normalization, ...(aggregate && { aggregate }) };
}

/** Returns the facts about a task that judging needs. */
export function toJudgedTask(task: Task): JudgedTask {
  const { name, title, defaultPattern, labels, prior } = task;
  return {
    name,
    title,
    defaultPattern,
    labels,
    prior,
    metrics: task.metrics.map((name) => getMetric(task, name)),
  };
}

/**
 * Reads the facts about a task that judging needs from the record of a run.
 * @throws GlmEvalError (data) if one of the user's own metrics has changed
 */
export async function readJudgedTask(task: TaskRecord): Promise<JudgedTask> {
  const { name, title, defaultPattern, labels, prior } = task;
  const metrics: (string | Metric)[] = [];
  for (const { name: metric, file, sha256 } of task.metrics)
    metrics.push(
      file === undefined || sha256 === undefined ? metric : await loadRecordedMetric(file, sha256),
    );
  return { name, title, defaultPattern, labels, prior, metrics };
}

/** Makes a task's entry in run.json. */
export function makeTaskRecord(
  task: Task,
  patterns: readonly TaskPattern[],
  { status, message }: { readonly status: TaskRecord["status"]; readonly message?: string | undefined },
): TaskRecord {
  return {
    name: task.name,
    title: task.title,
    file: task.file,
    sha256: task.hash,
    ...(task.reader && { reader: { file: task.reader.file, sha256: task.reader.hash } }),
    labels: task.labels,
    ...(task.prior && { prior: task.prior }),
    metrics: task.metrics.map((name) => {
      const module = task.metricModules.find((one) => one.name === name);
      return { name, ...(module && { file: module.file, sha256: module.hash }) };
    }),
    defaultPattern: task.defaultPattern,
    patterns: patterns.map(makePatternRecord),
    status,
    ...(message !== undefined && { message }),
  };
}

/** Reads the rule of a suite from the record of a run. */
export function readSuite({
  metrics,
  ...suite
}: SuiteRecord): SuiteRule & { readonly name: string; readonly title: string } {
  return { ...suite, metrics: Object.fromEntries(metrics.map((one) => [one.task, one.metrics])) };
}

/** Makes a suite's entry in run.json. */
export function makeSuiteRecord({ name, title, file, hash, tasks, weight, metrics }: Suite): SuiteRecord {
  return {
    name,
    title,
    file,
    sha256: hash,
    tasks,
    weight,
    metrics: Object.entries(metrics).map(([task, names]) => ({ task, metrics: names })),
  };
}
