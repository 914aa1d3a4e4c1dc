import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { comparePaired, metricNames, type Prediction } from "../../src/metrics/index.js";
import { mcnemarExact } from "../../src/metrics/mcnemar.js";
import { newcombePaired } from "../../src/metrics/newcombe.js";
import { fixture, grouped, labelled } from "./fixtures.js";

interface Case {
  metric: string;
  labels: string[];
  first: Prediction[];
  second: string[];
  seed: number;
  draws: number;
  n: number;
  difference: number;
  low: number;
  high: number;
  p: number;
}

const oracle = fixture<{
  mcnemar: [b: number, c: number, p: number][];
  newcombe: [both: number, first: number, second: number, neither: number, low: number, high: number][];
  bootstrap: Case[];
}>("paired.json");

const YES_NO = { labels: ["no", "yes"] };
const ZERO_ONE = { labels: ["0", "1"] };

/** The same examples as another model predicts them. */
function predicting(predictions: readonly Prediction[], predicted: readonly string[]): Prediction[] {
  return predictions.map((prediction, k) => ({ ...prediction, predicted: predicted[k]! }));
}

describe("McNemar's exact test agrees with statsmodels, SciPy and integer arithmetic", () => {
  it.each(oracle.mcnemar)("%i and %i discordant", (b, c, p) => {
    expect(Math.abs(mcnemarExact(b, c) / p - 1)).toBeLessThan(1e-12);
    expect(mcnemarExact(c, b)).toBe(mcnemarExact(b, c));
  });

  it("is never 0, even below the smallest double", () => {
    expect(mcnemarExact(5000, 0)).toBe(Number.MIN_VALUE);
    expect(mcnemarExact(0, 0)).toBe(1);
  });
});

describe("Newcombe's interval of paired proportions", () => {
  const of = (...[both, onlyFirst, onlySecond, neither]: [number, number, number, number]) =>
    newcombePaired({ both, onlyFirst, onlySecond, neither });

  it.each(oracle.newcombe)("of %i, %i, %i, %i", (both, onlyFirst, onlySecond, neither, low, high) => {
    const interval = of(both, onlyFirst, onlySecond, neither);
    expect(interval.low).toBeCloseTo(low, 12);
    expect(interval.high).toBeCloseTo(high, 12);
  });

  it("matches the published examples", () => {
    const rounded = ({ low, high }: { low: number; high: number }, digits: number) =>
      [low, high].map((end) => end.toFixed(digits));
    // Newcombe 1998; Fagerland, Lydersen and Laake 2014
    expect(rounded(of(36, 12, 2, 0), 4)).toEqual(["0.0569", "0.3404"]);
    expect(rounded(of(1, 1, 7, 12), 3)).toEqual(["-0.507", "-0.026"]);
  });

  it("contains the difference and stays in [−1, 1]", () => {
    const count = fc.nat(60);
    fc.assert(
      fc.property(count, count, count, count, (both, onlyFirst, onlySecond, neither) => {
        fc.pre(both + onlyFirst + onlySecond + neither > 0);
        const { low, high } = of(both, onlyFirst, onlySecond, neither);
        const difference = (onlyFirst - onlySecond) / (both + onlyFirst + onlySecond + neither);
        expect(low).toBeLessThanOrEqual(difference);
        expect(high).toBeGreaterThanOrEqual(difference);
        expect(low).toBeGreaterThanOrEqual(-1 - 1e-12);
        expect(high).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });
});

describe("the paired bootstrap replays NumPy's", () => {
  it("covers every metric except those of independent examples", () => {
    expect(new Set(oracle.bootstrap.map(({ metric }) => metric))).toEqual(new Set(metricNames()));
  });

  it.each(oracle.bootstrap.map((one, index) => [one.metric, index, one] as const))(
    "%s (case %i)",
    (metric, _, { first, second, labels, seed, draws, ...expected }) => {
      const found = comparePaired(metric, first, predicting(first, second), { labels, seed, draws });
      expect(found.test).toBe(
        `paired bootstrap (${draws} draws of ${expected.n} ${found.unit}, seed ${seed})`,
      );
      expect(found.n).toBe(expected.n);
      expect(found.p).toBe(expected.p);
      expect(found.difference).toBeCloseTo(expected.difference, 12);
      expect(found.low).toBeCloseTo(expected.low, 12);
      expect(found.high).toBeCloseTo(expected.high, 12);
    },
  );
});

describe("the independent unit", () => {
  const unit = (metric: string, predictions: Prediction[], labels = ZERO_ONE.labels) => {
    const { unit, n, test } = comparePaired(metric, predictions, predictions, { labels });
    return [n, unit, test.replace(/ \(.*/, "")];
  };

  it("is the example by default, and accuracy uses McNemar's test", () => {
    const predictions = labelled("1/1 0/1 1/1");
    expect(unit("accuracy", predictions)).toEqual([3, "examples", "McNemar exact"]);
    expect(unit("f1_macro", predictions)).toEqual([3, "examples", "paired bootstrap"]);
  });

  it("is the question in MultiRC, even if another passage has the same question number", () => {
    const predictions = grouped("1/1@0@p 0/0@0@p 1/1@1@p 1/1@0@s 1/0@0@s");
    expect(unit("f1a", predictions)).toEqual([3, "questions", "paired bootstrap"]);
    expect(unit("em", predictions)).toEqual([3, "questions", "paired bootstrap"]);
    expect(unit("accuracy", predictions)).toEqual([3, "groups", "paired bootstrap"]);
    const withoutPassages = predictions.map(({ cluster: _, ...prediction }) => prediction);
    expect(unit("f1a", withoutPassages)).toEqual([2, "questions", "paired bootstrap"]);
    const withoutQuestions = predictions.map(({ group: _, ...prediction }) => prediction);
    expect(unit("f1a", withoutQuestions)).toEqual([2, "clusters", "paired bootstrap"]);
  });

  it("is the passage in ReCoRD", () => {
    const queries = ["p", "p", "s"].map((cluster, k) => ({
      exampleId: String(k),
      predicted: "Kiel",
      gold: ["Kiel"],
      cluster,
    }));
    for (const metric of ["token_f1", "exact_match"])
      expect(unit(metric, queries, [])).toEqual([2, "clusters", "paired bootstrap"]);
    const alone = queries.map(({ cluster: _, ...query }) => query);
    expect(unit("exact_match", alone, [])).toEqual([3, "examples", "McNemar exact"]);
    expect(unit("token_f1", alone, [])).toEqual([3, "examples", "paired bootstrap"]);
  });

  it("is the pair in AX-g, also for accuracy", () => {
    const pairs = grouped("1/1@p 0/1@p 1/1@q 1/1@q");
    expect(unit("gender_parity", pairs)).toEqual([2, "pairs", "paired bootstrap"]);
    expect(unit("accuracy", pairs)).toEqual([2, "groups", "paired bootstrap"]);
  });
});

describe("comparePaired", () => {
  const first = labelled("yes/yes yes/yes no/no no/yes yes/no");

  it("is the first value minus the second, with McNemar's counts in that order", () => {
    const second = predicting(first, ["no", "yes", "yes", "yes", "yes"]);
    const found = comparePaired("accuracy", first, second, YES_NO);
    expect(found).toMatchObject({ metric: "accuracy", p: 1, unit: "examples", n: 5 });
    expect(found.test).toBe("McNemar exact (2 and 1 discordant)");
    expect(found.difference).toBeCloseTo(0.2, 12);
    expect(comparePaired("accuracy", second, first, YES_NO).test).toBe("McNemar exact (1 and 2 discordant)");
  });

  it("pairs by id, not by position", () => {
    const second = predicting(first, ["no", "no", "yes", "yes", "no"]);
    for (const metric of ["accuracy", "f1_macro", "mcc"])
      expect(comparePaired(metric, first, second.toReversed(), YES_NO)).toEqual(
        comparePaired(metric, first, second, YES_NO),
      );
  });

  it("has an interval with a positive width if predictions differ but neither is right", () => {
    const options = { labels: ["a", "b", "c"] };
    const found = comparePaired("accuracy", labelled("a/c b/c"), labelled("b/c b/c"), options);
    expect(found).toMatchObject({ difference: 0, p: 1 });
    expect(found.high).toBeGreaterThan(0.5);
  });

  it.each([
    [
      "an example that the second lacks",
      first.slice(0, 4),
      /"4" was judged for one model, but not for the second/,
    ],
    [
      "one that the first lacks",
      [...first, { ...first[0]!, exampleId: "x" }],
      /"x" .* not for the first one/,
    ],
    ["one that occurs twice", [...first, first[0]!], /"0" occurs twice/],
    ["other gold", [{ ...first[0]!, label: "no" }, ...first.slice(1)], /"0" has a different gold answer/],
    [
      "an unknown label",
      [{ ...first[0]!, predicted: "perhaps" }, ...first.slice(1)],
      /was predicted "perhaps"/,
    ],
  ])("names %s", (_, second, message) => {
    expect(() => comparePaired("accuracy", first, second, YES_NO)).toThrow(
      expect.objectContaining({ kind: "data", message: expect.stringMatching(message) }),
    );
  });

  it("rejects an unknown metric, no predictions and no draws", () => {
    expect(() => comparePaired("acuracy", first, first, YES_NO)).toThrow(/unknown metric "acuracy"/);
    expect(() => comparePaired("accuracy", [], [], YES_NO)).toThrow(/no predictions/);
    expect(() => comparePaired("mcc", first, first, { ...YES_NO, draws: 0 })).toThrow(/draws/);
  });
});

/** Two models on the same examples: questions with two options, two questions per passage. */
const twoModels = fc
  .array(fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()), { minLength: 2, maxLength: 24 })
  .map((rows) => {
    const bit = (value: boolean) => (value ? "1" : "0");
    const all = (cells: (boolean | undefined)[]) => cells.map((cell) => bit(cell!));
    const text = rows.map(([label], k) => `0/${bit(label)}@${k >> 1}@${k >> 2}`).join(" ");
    const base = grouped(text);
    return [
      predicting(base, all(rows.map((row) => row[1]))),
      predicting(base, all(rows.map((row) => row[2]))),
    ];
  })
  .map(([first, second]) => [first!, second!] as const);

const plain = (predictions: readonly Prediction[]) =>
  predictions.map(({ group: _, cluster: __, ...prediction }) => prediction);
const asTexts = (predictions: readonly Prediction[]) =>
  plain(predictions).map(({ label, ...prediction }) => ({ ...prediction, gold: [label!] }));
const asPairs = (predictions: readonly Prediction[]) =>
  predictions.map(({ cluster: _, ...prediction }) => prediction);

const AS: Record<string, (predictions: readonly Prediction[]) => readonly Prediction[]> = {
  accuracy: plain,
  f1_macro: plain,
  mcc: plain,
  token_f1: asTexts,
  exact_match: asTexts,
  gender_parity: asPairs,
};

describe.each(metricNames())("%s of two models", (metric) => {
  const as = AS[metric] ?? ((predictions: readonly Prediction[]) => predictions);
  const labels = as === asTexts ? [] : ZERO_ONE.labels;
  const compare = (first: readonly Prediction[], second: readonly Prediction[], seed = 0) =>
    comparePaired(metric, as(first), as(second), { labels, seed, draws: 40 });

  it("only changes its sign if the models are swapped", () => {
    fc.assert(
      fc.property(twoModels, fc.integer(), ([first, second], seed) => {
        const [there, back] = [compare(first, second, seed), compare(second, first, seed)];
        expect(back.difference).toBeCloseTo(-there.difference, 12);
        expect(back.low).toBeCloseTo(-there.high, 12);
        expect(back.high).toBeCloseTo(-there.low, 12);
        expect(back.p).toBe(there.p);
        expect(there.p).toBeGreaterThan(0);
        expect(there.p).toBeLessThanOrEqual(1);
        expect(there.low).toBeLessThanOrEqual(there.high);
      }),
      { numRuns: 60 },
    );
  });

  it("is zero if no prediction differs", () => {
    fc.assert(
      fc.property(twoModels, ([model]) => {
        expect(compare(model, model)).toMatchObject({ difference: 0, low: 0, high: 0, p: 1 });
      }),
      { numRuns: 30 },
    );
  });
});

it("distinguishes a real difference from none: without one, p is below 0.05 in about 5 of 100 cases", () => {
  // A fixed stream of coin flips: both models are right with probability 0.7, independently.
  let state = 12345;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const model = (skill: number, base: readonly Prediction[]) =>
    base.map((one) => ({
      ...one,
      predicted: uniform() < skill ? one.label! : one.label === "1" ? "0" : "1",
    }));
  const samples = 300;
  const below = { null: 0, real: 0 };
  for (let sample = 0; sample < samples; sample++) {
    const base = labelled(Array.from({ length: 120 }, () => `0/${uniform() < 0.5 ? 1 : 0}`).join(" "));
    const first = model(0.7, base);
    const options = { ...ZERO_ONE, draws: 400, seed: sample };
    if (comparePaired("mcc", first, model(0.7, base), options).p < 0.05) below.null += 1;
    if (comparePaired("mcc", first, model(0.4, base), options).p < 0.05) below.real += 1;
  }
  // 0.05 ± 4 standard errors of 300 trials (0.0126).
  expect(below.null / samples).toBeLessThan(0.1);
  expect(below.null / samples).toBeGreaterThan(0.01);
  expect(below.real / samples).toBeGreaterThan(0.95);
});
