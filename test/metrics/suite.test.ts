import { describe, expect, it } from "vitest";
import { type SuiteRule, suiteScore } from "../../src/metrics/index.js";

const TASKS = ["boolq", "cb", "copa", "multirc", "record", "rte", "wic", "wsc"];
const SUPERGLUE: SuiteRule = { tasks: TASKS, weight: "equal", metrics: {} };

const result = (task: string, values: readonly number[], examples = 100) => ({
  task,
  examples,
  metrics: values.map((value, k) => ({ metric: `m${k}`, value })),
});
const EIGHT = TASKS.map((task, index) => result(task, [index / 10]));

describe("the score of a suite", () => {
  it("follows SuperGLUE: the mean of the tasks, with metrics averaged first", () => {
    // BERT-Large on the leaderboard, as printed: 69.0
    const bert = [
      result("boolq", [77.4]),
      result("cb", [75.7, 83.6]),
      result("copa", [70.6]),
      result("multirc", [70.0, 24.1]),
      result("record", [72.0, 71.3]),
      result("rte", [71.7]),
      result("wic", [69.6]),
      result("wsc", [64.4]),
    ];
    expect(suiteScore(SUPERGLUE, bert)).toBeCloseTo(552.05 / 8, 10);
  });

  it("ignores other tasks", () => {
    const more = [...EIGHT, result("axb", [1]), result("axg", [1, 1]), result("mine", [1])];
    expect(suiteScore(SUPERGLUE, more)).toBe(suiteScore(SUPERGLUE, EIGHT));
    expect(suiteScore(SUPERGLUE, EIGHT)).toBeCloseTo(0.35, 12);
  });

  it("can weight tasks by their examples, and count only some metrics", () => {
    const rule: SuiteRule = { tasks: ["a", "b"], weight: "examples", metrics: { a: ["m1"] } };
    expect(suiteScore(rule, [result("a", [0, 0.5], 30), result("b", [0.8, 1], 10)])).toBeCloseTo(
      (30 * 0.5 + 10 * 0.9) / 40,
      12,
    );
  });

  it.each([
    ["one is missing", EIGHT.slice(1)],
    ["AX-b takes the place of one", [...EIGHT.slice(1), result("axb", [1])]],
    ["one occurs twice", [...EIGHT, EIGHT[0]!]],
    ["one has no value", [...EIGHT.slice(1), result("boolq", [])]],
    ["one is not a number", [...EIGHT.slice(1), result("boolq", [Number.NaN])]],
    ["there are no results", []],
  ])("is null if %s", (_, results) => {
    expect(suiteScore(SUPERGLUE, results)).toBeNull();
  });

  it("is null if a metric that counts is missing", () => {
    const rule: SuiteRule = { tasks: ["boolq"], weight: "equal", metrics: { boolq: ["m0", "m1"] } };
    expect(suiteScore(rule, EIGHT)).toBeNull();
  });
});
