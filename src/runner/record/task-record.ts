import type { Metric, SuiteRule } from "../../metrics/index.js";
import { getMetric, loadRecordedMetric, type Suite, type Task, type TaskPattern } from "../../tasks/index.js";
import type { JudgedTask } from "../judge/judged-task.js";
import type { PatternRecord, SuiteRecord, TaskRecord } from "./run-record.js";

/** What judging needs to know of a pattern. */
export function patternRecord({ id, decision, normalization, aggregate }: TaskPattern): PatternRecord {
  return { id, decision, normalization, ...(aggregate && { aggregate }) };
}

/** What judging needs to know of a task. */
export function judgedTask(task: Task): JudgedTask {
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
 * What judging needs to know of a task, from the record of a run.
 * @throws GlmEvalError (data) where a metric of the user's own has changed
 */
export async function judgedRecord(task: TaskRecord): Promise<JudgedTask> {
  const { name, title, defaultPattern, labels, prior } = task;
  const metrics: (string | Metric)[] = [];
  for (const { name: metric, file, sha256 } of task.metrics)
    metrics.push(
      file === undefined || sha256 === undefined ? metric : await loadRecordedMetric(file, sha256),
    );
  return { name, title, defaultPattern, labels, prior, metrics };
}

/** A task as run.json has it. */
export function taskRecord(
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
      const module = task.metricModules.find((of) => of.name === name);
      return { name, ...(module && { file: module.file, sha256: module.hash }) };
    }),
    defaultPattern: task.defaultPattern,
    patterns: patterns.map(patternRecord),
    status,
    ...(message !== undefined && { message }),
  };
}

/** The rule of a suite, from the record of a run. */
export function suiteOfRecord({
  metrics,
  ...suite
}: SuiteRecord): SuiteRule & { readonly name: string; readonly title: string } {
  return { ...suite, metrics: Object.fromEntries(metrics.map((one) => [one.task, one.metrics])) };
}

/** A suite as run.json has it. */
export function suiteRecord({ name, title, file, hash, tasks, weight, metrics }: Suite): SuiteRecord {
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
