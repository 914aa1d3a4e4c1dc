import { expect, it } from "vitest";
import { summarySentences } from "../../src/report/summary.js";
import type { TaskComparison, TaskResult } from "../../src/results/index.js";
import { baseline, comparison, metric, run, superglue, task } from "./results.js";

const copa = task("copa", [metric("accuracy", 0.7, { low: 0.6, high: 0.78 })]);
const rte = task("rte", [metric("accuracy", 0.53, { low: 0.47, high: 0.59 })]);
const cb = task("cb", [
  metric("f1_macro", 0.6, { low: 0.5, high: 0.7, constant: 0.2 }),
  metric("accuracy", 0.8),
]);

/** Makes a baseline named bert with these differences from the model. */
function bert(tasks: readonly TaskResult[], given: readonly Partial<TaskComparison>[], model = "org/bert") {
  return baseline({ tasks: [...tasks], suites: [] }, 0.02, {
    model,
    comparisons: given.map((one, k) => comparison(tasks[k]!, tasks[k]!.metrics[0]!.metric, 0.5, one)),
  });
}

const ABOVE = { difference: 0.041, low: 0.003, high: 0.079, p: 0.03 };
const BELOW = { difference: -0.062, low: -0.1, high: -0.02, p: 0.0004 };
const OPEN = { difference: 0.02, low: -0.03, high: 0.07, p: 0.21 };

it("states a difference with its interval and p, and on which tasks it may be zero", () => {
  const results = run([copa, rte], { model: "THUDM/glm", baselines: [bert([copa, rte], [ABOVE, OPEN])] });
  expect(summarySentences(results)).toEqual([
    "glm is 4.1 points above bert on COPA (95% interval 0.3 to 7.9, p = 0.03); on RTE the difference may be zero.",
    "The p-values are not corrected for the 2 comparisons.",
    "glm is not clearly better than the best constant answer on RTE.",
  ]);
});

it("negates the interval of a model that is below", () => {
  const results = run([copa, cb, rte], { baselines: [bert([copa, cb, rte], [ABOVE, BELOW, BELOW])] });
  expect(summarySentences(results)[0]).toBe(
    "glm-tiny is 4.1 points above bert on COPA (95% interval 0.3 to 7.9, p = 0.03); it is 6.2 points below on CB F1 (95% interval 2.0 to 10.0, p < 0.001) and 6.2 points on RTE (95% interval 2.0 to 10.0, p < 0.001).",
  );
  const below = run([copa], { baselines: [bert([copa], [BELOW])] });
  expect(summarySentences(below)).toEqual([
    "glm-tiny is 6.2 points below bert on COPA (95% interval 2.0 to 10.0, p < 0.001).",
  ]);
});

it("lists many differences without intervals", () => {
  const four = ["boolq", "copa", "rte", "wic"].map((name) => task(name, copa.metrics as never));
  const results = run(four, {
    baselines: [bert(four, [ABOVE, ABOVE, ABOVE, { ...ABOVE, difference: 0.1 }])],
  });
  expect(summarySentences(results)[0]).toBe(
    "glm-tiny is above bert on 4 tasks (p < 0.05 each): BoolQ by 4.1 points, COPA by 4.1, RTE by 4.1 and WiC by 10.0.",
  );
});

it("claims nothing if no difference is clear", () => {
  const two = run([copa, cb], { baselines: [bert([copa, cb], [OPEN, OPEN])] });
  expect(summarySentences(two)).toEqual([
    "There is no clear difference between glm-tiny and bert: it may be zero on COPA and CB F1.",
  ]);
  const one = run([copa], { baselines: [bert([copa], [{ ...OPEN, difference: -0.02, p: 0.05 }])] });
  expect(summarySentences(one)).toEqual([
    "The difference between glm-tiny and bert on COPA may be zero: -2.0 points, 95% interval -3.0 to 7.0, p = 0.05.",
  ]);
});

it("never writes a p below 0.05 as 0.05", () => {
  const results = run([copa], { baselines: [bert([copa], [{ ...ABOVE, p: 0.0499 }])] });
  expect(summarySentences(results)[0]).toContain("p < 0.05)");
});

it("distinguishes baselines by the full name if the last part is the same", () => {
  const baselines = [bert([copa], [ABOVE], "a/bert"), bert([copa], [OPEN], "b/bert")];
  expect(summarySentences(run([copa], { baselines }))).toEqual([
    "glm-tiny is 4.1 points above a/bert on COPA (95% interval 0.3 to 7.9, p = 0.03).",
    "The difference between glm-tiny and b/bert on COPA may be zero: +2.0 points, 95% interval -3.0 to 7.0, p = 0.21.",
    "The p-values are not corrected for the 2 comparisons.",
  ]);
});

it("compares a single model with the best constant answer", () => {
  const alone = (low: number, high: number, more = {}) =>
    summarySentences(run([task("copa", [metric("accuracy", 0.6, { low, high, ...more })])]));
  expect(alone(0.55, 0.65)).toEqual([
    "glm-tiny reaches 60.0% (95% interval 55.0 to 65.0) on COPA, better than the best constant answer (50.0%).",
  ]);
  expect(alone(0.45, 0.75)).toEqual([
    "glm-tiny reaches 60.0% (95% interval 45.0 to 75.0) on COPA, not clearly better than the best constant answer (50.0%).",
  ]);
  expect(alone(0.55, 0.65, { constant: 0.7 })).toEqual([
    "glm-tiny reaches 60.0% (95% interval 55.0 to 65.0) on COPA, worse than the best constant answer (70.0%).",
  ]);
  // The interval includes its ends.
  expect(alone(0.5, 0.7)[0]).toContain("not clearly better");
  expect(alone(0.55, 0.65, { constant: null })).toEqual([
    "glm-tiny reaches 60.0% (95% interval 55.0 to 65.0) on COPA.",
  ]);
});

it("groups several tasks by how they compare with the constant answer", () => {
  const worse = task("multirc", [
    metric("f1a", 0.1, { low: 0.05, high: 0.2, constant: 0.6 }),
    metric("em", 0),
  ]);
  const record = task("record", [
    metric("token_f1", 0.3, { low: 0.2, high: 0.4, constant: null }),
    metric("exact_match", 0.3),
  ]);
  const axb = task("axb", [metric("mcc", 0.02, { low: -0.1, high: 0.14, constant: 0 })]);
  expect(summarySentences(run([copa, rte, axb, worse, record]))).toEqual([
    "glm-tiny is better than the best constant answer on COPA (70.0% vs. 50.0%); not clearly better on RTE and AX-b MCC; worse than the best constant answer on MultiRC F1a (10.0% vs. 60.0%).",
    "glm-tiny reaches 30.0% (95% interval 20.0 to 40.0) on ReCoRD F1.",
  ]);
});

it("uses the ensemble for a task with several patterns, or the mean without one", () => {
  const patterns = (name: string) => [
    task(name, [metric("accuracy", 0.5)], { pattern: "p0" }),
    task(name, [metric("accuracy", 0.7)], { pattern: "p1" }),
  ];
  const ensemble: TaskResult = { ...copa, pattern: "ensemble", kind: "ensemble" };
  const results = run([...patterns("copa"), ensemble, ...patterns("wsc")], {
    baselines: [bert([ensemble], [ABOVE])],
  });
  expect(summarySentences(results)).toEqual([
    "glm-tiny is 4.1 points above bert on COPA (95% interval 0.3 to 7.9, p = 0.03).",
    "On average over patterns, glm-tiny reaches 60.0 on WSC Acc. (2 patterns, 50.0 to 70.0).",
  ]);
});

it("states the scores of suites", () => {
  const results = run([copa], {
    suites: superglue(0.491),
    baselines: [{ ...bert([copa], [ABOVE]), suites: superglue(0.47) }],
  });
  expect(summarySentences(results)).toContain("SuperGLUE score: glm-tiny 49.1, bert 47.0.");
});

it("reports failures, missing data and what cannot be compared", () => {
  const failed = task("boolq", [], { status: "failed", message: "out of memory" });
  const missing = task("cb", [], { status: "missing" });
  const broken = {
    ...bert([], []),
    tasks: [],
    comparisons: [],
    status: "failed" as const,
    message: "no weights\nthere",
  };
  expect(
    summarySentences(
      run([copa, rte, failed, missing], { baselines: [bert([copa], [ABOVE]), { ...broken, model: "t5" }] }),
    ),
  ).toEqual([
    "glm-tiny is 4.1 points above bert on COPA (95% interval 0.3 to 7.9, p = 0.03).",
    "There is no comparison with bert on RTE.",
    "glm-tiny is not clearly better than the best constant answer on RTE.",
    "t5 failed: no weights there.",
    "glm-tiny failed on BoolQ.",
    "There was no data for CB.",
  ]);
  expect(summarySentences(run([failed]))).toEqual(["glm-tiny has no results.", "glm-tiny failed on BoolQ."]);
  const silent = { ...bert([copa], []), tasks: [], comparisons: [] };
  expect(summarySentences(run([copa], { baselines: [silent] }))[0]).toBe(
    "bert has no results to compare with glm-tiny.",
  );
});

it("warns about the bundled sample", () => {
  expect(summarySentences(run([copa], { sampleData: true }))[1]).toBe(
    "The data is the small sample bundled with glm-eval: do not compare these numbers with published ones.",
  );
  expect(summarySentences(run([copa])).join()).not.toContain("sample");
});
