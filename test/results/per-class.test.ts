import { describe, expect, it } from "vitest";
import { isRight, perClass } from "../../src/results/index.js";

describe("perClass", () => {
  it("is precision, recall and F1 by hand-worked numbers", () => {
    // a: 6 of 8 predicted are right, of 9 there are; b: 1 of 4 predicted, of 3 there are.
    const counts = [
      [6, 3],
      [2, 1],
    ];
    expect(perClass({ labels: ["a", "b"], counts })).toEqual([
      { label: "a", precision: 6 / 8, recall: 6 / 9, f1: 12 / 17, support: 9 },
      { label: "b", precision: 1 / 4, recall: 1 / 3, f1: 2 / 7, support: 3 },
    ]);
  });

  it("has no precision of what was never predicted, no recall of what is never gold", () => {
    const counts = [
      [2, 1, 0],
      [0, 0, 0],
      [0, 0, 0],
    ];
    expect(perClass({ labels: ["a", "b", "c"], counts })).toEqual([
      { label: "a", precision: 1, recall: 2 / 3, f1: 4 / 5, support: 3 },
      { label: "b", precision: 0, recall: null, f1: 0, support: 0 },
      { label: "c", precision: null, recall: null, f1: null, support: 0 },
    ]);
  });
});

describe("isRight", () => {
  it("compares labels, else gold texts as ReCoRD's exact match does; nothing without gold", () => {
    expect(isRight({ predicted: "1", label: "1" })).toBe(true);
    expect(isRight({ predicted: "1", label: "0" })).toBe(false);
    expect(isRight({ predicted: "the Bob", gold: ["Ann", "Bob!"] })).toBe(true);
    expect(isRight({ predicted: "Carl", gold: ["Ann", "Bob"] })).toBe(false);
    expect(isRight({ predicted: "Carl" })).toBeUndefined();
    expect(isRight({ predicted: "Carl", gold: [] })).toBeUndefined();
  });
});
