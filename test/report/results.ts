import type { MetricResult } from "../../src/metrics/index.js";
import type {
  BaselineResults,
  RunResults,
  SuiteResult,
  TaskComparison,
  TaskResult,
} from "../../src/results/index.js";

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
    schema: 3,
    model: "glm-tiny",
    family: "infill",
    protocol: "glm",
    split: "validation",
    sampleData: false,
    tasks,
    suites: [],
    baselines: [],
    ...more,
  };
}

/** Makes SuperGLUE's result with this score. */
export function superglue(score: number | null): SuiteResult[] {
  return [{ name: "superglue", title: "SuperGLUE", score }];
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
  { suites: superglue(0.49123456789) },
);

/** Makes a comparison of `ours` with a baseline whose value is `theirs`, by one metric. */
export function comparison(
  ours: TaskResult,
  name: string,
  theirs: number,
  more: Partial<TaskComparison> = {},
): TaskComparison {
  const value = ours.metrics.find(({ metric }) => metric === name)!.value;
  const difference = value - theirs;
  const exact = name === "accuracy" && ours.task !== "axg";
  return {
    task: ours.task,
    pattern: ours.pattern,
    metric: name,
    difference,
    low: difference - 0.04,
    high: difference + 0.05,
    p: 0.21,
    test: exact
      ? "McNemar exact (12 and 5 discordant)"
      : "paired bootstrap (2000 draws of 83 questions, seed 0)",
    unit: exact ? "examples" : (UNITS[ours.task] ?? "examples"),
    n: exact ? ours.examples : 83,
    ...more,
  };
}

const UNITS: Record<string, string> = { multirc: "questions", record: "clusters", axg: "pairs" };

/** Makes a baseline on the tasks of `results`, worse by `less` on every metric (but not below 0, except for MCC). */
export function baseline(
  results: Pick<RunResults, "tasks" | "suites">,
  less: number,
  more: Partial<BaselineResults> = {},
): BaselineResults {
  const theirs = ({ metric: name, value }: MetricResult) =>
    name === "mcc" ? value - less : Math.max(0, value - less);
  const tasks = results.tasks.map((one) => ({
    ...one,
    metrics: one.metrics.map((own) => ({ ...own, value: theirs(own) })),
  }));
  return {
    model: "roberta-base",
    family: "masked",
    protocol: "pet",
    status: "done",
    tasks,
    suites: results.suites.map((suite) => ({
      ...suite,
      score: suite.score === null ? null : suite.score - less,
    })),
    comparisons: results.tasks.flatMap((one) =>
      one.metrics.map((own, k) =>
        comparison(one, own.metric, theirs(own), {
          p: [0.21, 0.0345, 0.00001, 1][(one.task.length + k) % 4]!,
        }),
      ),
    ),
    ...more,
  };
}

/** `FULL` with two baselines, one worse and one better. */
export const TWO: RunResults = {
  ...FULL,
  baselines: [
    baseline(FULL, 0.0555, { model: "hub-name-of/roberta-base" }),
    baseline(FULL, -0.0871, { model: "t5-small", family: "seq2seq", protocol: "glm" }),
  ],
};
