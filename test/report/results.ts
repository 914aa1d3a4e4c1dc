import type { MetricResult } from "../../src/metrics/index.js";
import type { RunResults, TaskResult } from "../../src/report/index.js";

export function metric(name: string, value: number, more: Partial<MetricResult> = {}): MetricResult {
  const interval = name === "accuracy" ? "wilson" : "bootstrap (2000 draws of 83 clusters, seed 0)";
  return { metric: name, value, low: value - 0.05, high: value + 0.04, interval, constant: 0.5, ...more };
}

export function task(name: string, metrics: MetricResult[], more: Partial<TaskResult> = {}): TaskResult {
  return {
    task: name,
    title: `${name}, a task`,
    pattern: "p0",
    status: "done",
    examples: 100,
    metrics,
    ties: 0,
    truncated: 0,
    endOfPiece: false,
    normalization: "sum",
    ...more,
  };
}

export function run(tasks: TaskResult[], more: Partial<RunResults> = {}): RunResults {
  return {
    schema: 1,
    model: "glm-tiny",
    protocol: "glm",
    split: "validation",
    sampleData: false,
    seconds: 41.26,
    tasks,
    superglueScore: null,
    ...more,
  };
}

/** All eight tasks and both diagnostics. */
export const FULL = run(
  [
    task("boolq", [metric("accuracy", 0.62171, { constant: 0.6217 })], {
      pattern: "p4",
      examples: 3270,
      truncated: 132,
    }),
    task("cb", [metric("accuracy", 0.5), metric("f1_macro", 0.2222)], {
      pattern: "p3",
      examples: 56,
      ties: 2,
    }),
    task("copa", [metric("accuracy", 0.55)]),
    task("multirc", [metric("f1a", 0.599), metric("em", 0.0031)], { examples: 4848 }),
    task("record", [
      metric("token_f1", 0.34, { constant: null }),
      metric("exact_match", 0.33, { constant: null }),
    ]),
    task("rte", [metric("accuracy", 0.527)]),
    task("wic", [metric("accuracy", 0.5)]),
    task("wsc", [metric("accuracy", 0.635)]),
    task("axb", [metric("mcc", -0.0423, { constant: 0 })]),
    task("axg", [
      metric("gender_parity", 0.9, {
        constant: 1,
        note: "1 of 178 pairs have only one example and are left out",
      }),
      metric("accuracy", 0.5),
    ]),
  ],
  { superglueScore: 0.49123456789 },
);
