import { describe, expect, it } from "vitest";
import { computeMetric, metricNames, type Prediction } from "../../src/metrics/index.js";
import { fixture } from "./fixtures.js";

interface Case {
  metric: string;
  labels: string[];
  predictions: Prediction[];
  value: number;
  constant: number | null;
  interval: { low: number; high: number; seed?: number; draws?: number };
}

const cases = fixture<Case[]>("cases.json");

describe("computeMetric agrees with scikit-learn, SciPy and NumPy", () => {
  it("covers every metric", () => {
    expect(new Set(cases.map(({ metric }) => metric))).toEqual(new Set(metricNames()));
  });

  it.each(cases.map((one, index) => [one.metric, index, one] as const))("%s (case %i)", (metric, _, one) => {
    const { low, high, seed = 0, draws = 2000 } = one.interval;
    const result = computeMetric(metric, one.predictions, { labels: one.labels, seed, draws });
    expect(result.value).toBeCloseTo(one.value, 12);
    expect(result.low).toBeCloseTo(low, 12);
    expect(result.high).toBeCloseTo(high, 12);
    if (one.constant === null) expect(result.constant).toBeNull();
    else expect(result.constant).toBeCloseTo(one.constant, 12);
  });
});
