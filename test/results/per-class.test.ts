import { describe, expect, it } from "vitest";
import { computeClassResults, isRight } from "../../src/results/index.js";

describe("computeClassResults", () => {
  it("matches manually computed precision, recall and F1", () => {
    // a: 6 of 8 predictions are right, with 9 examples; b: 1 of 4 predictions, with 3 examples.
    const counts = [
      [6, 3],
      [2, 1],
    ];
    expect(computeClassResults({ labels: ["a", "b"], counts })).toEqual([
      { label: "a", precision: 6 / 8, recall: 6 / 9, f1: 12 / 17, support: 9 },
      { label: "b", precision: 1 / 4, recall: 1 / 3, f1: 2 / 7, support: 3 },
    ]);
  });

  it("has no precision for a class never predicted, no recall for one never gold", () => {
    const counts = [
      [2, 1, 0],
      [0, 0, 0],
      [0, 0, 0],
    ];
    expect(computeClassResults({ labels: ["a", "b", "c"], counts })).toEqual([
      { label: "a", precision: 1, recall: 2 / 3, f1: 4 / 5, support: 3 },
      { label: "b", precision: 0, recall: null, f1: 0, support: 0 },
      { label: "c", precision: null, recall: null, f1: null, support: 0 },
    ]);
  });
});

describe("isRight", () => {
  it("compares labels, else gold texts with ReCoRD's exact match; undefined without gold", () => {
    expect(isRight({ predicted: "1", label: "1" })).toBe(true);
    expect(isRight({ predicted: "1", label: "0" })).toBe(false);
    expect(isRight({ predicted: "the Bob", gold: ["Ann", "Bob!"] })).toBe(true);
    expect(isRight({ predicted: "Carl", gold: ["Ann", "Bob"] })).toBe(false);
    expect(isRight({ predicted: "Carl" })).toBeUndefined();
    expect(isRight({ predicted: "Carl", gold: [] })).toBeUndefined();
  });
});
