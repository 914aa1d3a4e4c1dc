import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { computeConfusion, computeReliability } from "../../src/metrics/index.js";
import { labelled } from "./fixtures.js";

describe("the confusion matrix", () => {
  it("counts predictions by gold and predicted label", () => {
    expect(computeConfusion(labelled("a/a b/a b/b a/c c/c c/c b/a"), ["a", "b", "c"])).toEqual({
      labels: ["a", "b", "c"],
      counts: [
        [1, 2, 0],
        [0, 1, 0],
        [1, 0, 2],
      ],
    });
  });

  it("has a row for a label that is never gold, and skips examples without a gold label", () => {
    const predictions = [...labelled("a/b"), { exampleId: "x", predicted: "b" }];
    expect(computeConfusion(predictions, ["a", "b"]).counts).toEqual([
      [0, 0],
      [1, 0],
    ]);
    expect(computeConfusion([], ["a", "b"]).counts).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it("lists unknown labels after the task's", () => {
    expect(computeConfusion(labelled("a/a z/a b/__proto__"), ["a", "b"])).toEqual({
      labels: ["a", "b", "z", "__proto__"],
      counts: [
        [1, 0, 1, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
        [0, 1, 0, 0],
      ],
    });
  });
});

describe("the reliability diagram", () => {
  const points = (text: string) =>
    text.split(" ").map((each) => ({ probability: Number.parseFloat(each), correct: each.endsWith("+") }));

  it("matches a manual calculation", () => {
    const { bins, ece } = computeReliability(points("0.55+ 0.57- 0.59+ 0.92+ 0.96+"));
    expect(bins).toEqual([
      { from: 0.5, to: 0.6, count: 3, confidence: expect.closeTo(0.57, 12), accuracy: 2 / 3 },
      { from: 0.9, to: 1, count: 2, confidence: expect.closeTo(0.94, 12), accuracy: 1 },
    ]);
    // 3/5 · (2/3 − 0.57) + 2/5 · (1 − 0.94) = 0.058 + 0.024
    expect(ece).toBeCloseTo(0.082, 12);
  });

  it("puts an edge into the bin above it, and 1 into the last bin", () => {
    const edges = Array.from({ length: 11 }, (_, k) => ({ probability: k / 10, correct: true }));
    expect(computeReliability(edges).bins.map(({ from, count }) => [from, count])).toEqual([
      ...[0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8].map((from) => [from, 1]),
      [0.9, 2],
    ]);
    // The double before 0.9; ten times it rounds to 9.
    const below = 0.8999999999999999;
    expect(10 * below).toBe(9);
    expect(computeReliability([{ probability: below, correct: true }]).bins[0]!.from).toBe(0.8);
  });

  it("has no error if the probabilities are right, or without predictions", () => {
    expect(computeReliability(points("0.5+ 0.5- 1+ 0-"))).toEqual({
      bins: [
        { from: 0, to: 0.1, count: 1, confidence: 0, accuracy: 0 },
        { from: 0.5, to: 0.6, count: 2, confidence: 0.5, accuracy: 0.5 },
        { from: 0.9, to: 1, count: 1, confidence: 1, accuracy: 1 },
      ],
      ece: 0,
    });
    expect(computeReliability([])).toEqual({ bins: [], ece: 0 });
  });

  it.each([Number.NaN, -0.1, 1.1])("rejects the probability %s", (probability) => {
    expect(() => computeReliability([{ probability, correct: true }])).toThrow(
      `found the probability ${probability}; expected 0 to 1`,
    );
  });

  it("counts every prediction in its bin", () => {
    const probability = fc.double({ min: 0, max: 1, noNaN: true });
    const any = fc.array(fc.record({ probability, correct: fc.boolean() }));
    fc.assert(
      fc.property(any, (all) => {
        const { bins, ece } = computeReliability(all);
        expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(all.length);
        for (const { from, to, count } of bins) {
          const inside = all.filter(({ probability: p }) => p >= from && (p < to || to === 1));
          expect(count).toBe(inside.length);
        }
        expect(ece >= 0 && ece <= 1 + 1e-12).toBe(true);
      }),
    );
  });
});
