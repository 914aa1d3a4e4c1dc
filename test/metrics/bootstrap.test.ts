import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { computeMetric, type Prediction } from "../../src/metrics/index.js";
import { seeded } from "../../src/metrics/prng.js";

const LABELS = ["entailment", "contradiction", "neutral"];

/** `n` predictions, right with probability `skill`. */
function random(n: number, skill: number, seed: number, labels = LABELS, cluster = 0): Prediction[] {
  const next = seeded(seed);
  const uniform = () => next() / 2 ** 32;
  return Array.from({ length: n }, (_, index) => {
    const label = labels[Math.floor(uniform() * labels.length)]!;
    const predicted = uniform() < skill ? label : labels[Math.floor(uniform() * labels.length)]!;
    const group = `g${Math.floor(index / 2)}`;
    const base = { exampleId: String(index), label, predicted, group };
    return cluster === 0 ? base : { ...base, cluster: String(Math.floor(index / cluster)) };
  });
}

const BINARY = ["0", "1"];
const CASES = [
  ["f1_macro", LABELS, 0],
  ["mcc", BINARY, 0],
  ["f1a", BINARY, 6],
  ["em", BINARY, 6],
  ["gender_parity", BINARY, 0],
] as const;

describe("the bootstrap interval", () => {
  it.each(CASES)("of %s contains the value and narrows as examples are added", (metric, labels, cluster) => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0.2, max: 0.8, noNaN: true }), (seed, skill) => {
        const widths = [120, 1920].map((n) => {
          const predictions = random(n, skill, seed, [...labels], cluster);
          const { value, low, high } = computeMetric(metric, predictions, { labels, draws: 300, seed });
          expect(low).toBeLessThanOrEqual(value);
          expect(high).toBeGreaterThanOrEqual(value);
          return high - low;
        });
        // Sixteen times the examples: about a quarter of the width.
        expect(widths[1]! / widths[0]!).toBeLessThan(0.5);
      }),
      { numRuns: 15, seed: 1 },
    );
  });

  it("covers the true value about 95 times in 100", () => {
    // Two labels, right with probability 0.6 + 0.4 / 2 = 0.8, balanced: the population's MCC is 2 · 0.8 − 1 = 0.6.
    const samples = 400;
    let covered = 0;
    for (let sample = 0; sample < samples; sample++) {
      const predictions = random(150, 0.6, 1000 + sample, BINARY);
      const { low, high } = computeMetric("mcc", predictions, { labels: BINARY, draws: 500, seed: sample });
      if (low <= 0.6 && 0.6 <= high) covered += 1;
    }
    // 0.95 ± 4 standard errors of 400 trials (0.011), with the percentile bootstrap's known small undercoverage.
    expect(covered / samples).toBeGreaterThan(0.9);
    expect(covered / samples).toBeLessThan(0.99);
  });

  it("is wider for clustered examples than for as many independent ones", () => {
    // Each cluster is ten copies of one example: a tenth of the information.
    const one = random(60, 0.5, 3, BINARY);
    const copies = one.flatMap((prediction, index) =>
      Array.from({ length: 10 }, (_, copy) => ({
        ...prediction,
        exampleId: `${index}.${copy}`,
        cluster: `${index}`,
      })),
    );
    const apart = copies.map(({ cluster: _, ...prediction }) => prediction);
    const width = (predictions: Prediction[]) => {
      const { low, high } = computeMetric("mcc", predictions, { labels: BINARY });
      return high - low;
    };
    expect(width(copies) / width(apart)).toBeGreaterThan(2.5);
  });

  it("depends on the seed only", () => {
    const predictions = random(200, 0.5, 1);
    const of = (seed: number) => computeMetric("f1_macro", predictions, { labels: LABELS, seed });
    expect(of(5)).toEqual(of(5));
    expect(of(5).low).not.toBe(of(6).low);
    expect(of(5).value).toBe(of(6).value);
  });

  it("has zero width if all units agree", () => {
    const all = random(20, 1, 1, BINARY);
    expect(
      computeMetric(
        "gender_parity",
        all.map((p) => ({ ...p, predicted: "1" })),
        { labels: BINARY },
      ),
    ).toMatchObject({ low: 1, value: 1, high: 1 });
  });
});
