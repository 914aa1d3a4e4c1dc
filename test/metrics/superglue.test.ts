import { describe, expect, it } from "vitest";
import { SUPERGLUE_TASKS, superglueScore } from "../../src/metrics/index.js";

const EIGHT = SUPERGLUE_TASKS.map((task, index) => ({ task, values: [index / 10] }));

describe("superglueScore", () => {
  it("averages the metrics of each task first", () => {
    // BERT-Large on the leaderboard, as printed: 69.0
    const bert = [
      { task: "boolq", values: [77.4] },
      { task: "cb", values: [75.7, 83.6] },
      { task: "copa", values: [70.6] },
      { task: "multirc", values: [70.0, 24.1] },
      { task: "record", values: [72.0, 71.3] },
      { task: "rte", values: [71.7] },
      { task: "wic", values: [69.6] },
      { task: "wsc", values: [64.4] },
    ];
    expect(superglueScore(bert)).toBeCloseTo(552.05 / 8, 10);
  });

  it("never counts the diagnostics or other tasks", () => {
    const more = [
      ...EIGHT,
      { task: "axb", values: [1] },
      { task: "axg", values: [1, 1] },
      { task: "mine", values: [1] },
    ];
    expect(superglueScore(more)).toBe(superglueScore(EIGHT));
    expect(superglueScore(EIGHT)).toBeCloseTo(0.35, 12);
  });

  it.each([
    ["one is missing", EIGHT.slice(1)],
    ["AX-b stands in for one", [...EIGHT.slice(1), { task: "axb", values: [1] }]],
    ["one is there twice", [...EIGHT, EIGHT[0]!]],
    ["one has no value", [...EIGHT.slice(1), { task: "boolq", values: [] }]],
    ["one is not a number", [...EIGHT.slice(1), { task: "boolq", values: [Number.NaN] }]],
    ["there is none", []],
  ])("is null where %s", (_, tasks) => {
    expect(superglueScore(tasks)).toBeNull();
  });
});
