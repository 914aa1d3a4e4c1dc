import { describe, expect, it } from "vitest";
import { computeMetric, findMetric, metricNames, type Prediction } from "../../src/metrics/index.js";
import { grouped, labelled } from "./fixtures.js";

const YES_NO = { labels: ["no", "yes"] };
const ZERO_ONE = { labels: ["0", "1"] };
const ABC = { labels: ["a", "b", "c"] };

function texts(...pairs: [predicted: string, gold: string[], cluster?: string][]): Prediction[] {
  return pairs.map(([predicted, gold, cluster], index) => {
    const base = { exampleId: String(index), predicted, gold };
    return cluster === undefined ? base : { ...base, cluster };
  });
}

describe("accuracy", () => {
  it("is the share of right predictions, with the majority class and the Wilson interval", () => {
    const result = computeMetric("accuracy", labelled("yes/yes no/yes no/no yes/yes"), YES_NO);
    expect(result).toMatchObject({ metric: "accuracy", value: 0.75, interval: "wilson", constant: 0.75 });
    expect(result.low).toBeCloseTo(0.30064, 5);
    expect(result.high).toBeCloseTo(0.95441, 5);
  });

  it("draws complete clusters if examples are not independent", () => {
    const result = computeMetric("accuracy", grouped("1/1@q@p 0/1@q@p 0/0@r@s 0/0@r@s"), ZERO_ONE);
    expect(result.interval).toBe("bootstrap (2000 draws of 2 clusters, seed 0)");
    expect([result.low, result.high]).toEqual([0.5, 1]);
  });

  it("keeps the Wilson interval if each cluster has one example", () => {
    expect(computeMetric("accuracy", grouped("1/1@q@p 0/1@r@s"), ZERO_ONE).interval).toBe("wilson");
  });
});

describe("f1_macro", () => {
  it("averages the F1 of the classes with equal weights", () => {
    // a: TP 2, FP 1, FN 0 -> 4/5; b: TP 1, FP 0, FN 1 -> 2/3; c: TP 1 -> 1
    const result = computeMetric("f1_macro", labelled("a/a a/a a/b b/b c/c"), ABC);
    expect(result.value).toBeCloseTo((4 / 5 + 2 / 3 + 1) / 3, 12);
    // "a" always: 2·2/(4+3) over three classes; "b" is the same
    expect(result.constant).toBeCloseTo(4 / 7 / 3, 12);
  });

  it("skips a class that is neither gold nor predicted", () => {
    expect(computeMetric("f1_macro", labelled("a/a b/b"), ABC).value).toBe(1);
  });

  it("counts a class that is only predicted, or only gold, as 0", () => {
    expect(computeMetric("f1_macro", labelled("a/a c/a"), ABC).value).toBeCloseTo(2 / 3 / 2, 12);
    expect(computeMetric("f1_macro", labelled("a/a a/c"), ABC).value).toBeCloseTo(2 / 3 / 2, 12);
  });

  it("is 0 if everything is wrong", () => {
    expect(computeMetric("f1_macro", labelled("a/b b/a"), ABC)).toMatchObject({ value: 0, low: 0, high: 0 });
  });
});

describe("f1a", () => {
  it("pools all options and takes the second label as positive", () => {
    // TP 2, FP 1, FN 1
    const result = computeMetric("f1a", grouped("1/1@q@p 1/0@q@p 0/1@r@p 1/1@s@t 0/0@s@t"), ZERO_ONE);
    expect(result.value).toBeCloseTo(4 / 6, 12);
    expect(result.interval).toBe("bootstrap (2000 draws of 2 clusters, seed 0)");
    // everything labeled 1: TP 3, FP 2
    expect(result.constant).toBeCloseTo(6 / 8, 12);
  });

  it("is 0 if nothing is positive", () => {
    expect(computeMetric("f1a", grouped("0/0@q 0/0@q"), ZERO_ONE)).toMatchObject({ value: 0, constant: 0 });
  });

  it("draws questions if the passages are unknown", () => {
    const { interval } = computeMetric("f1a", grouped("1/1@q 0/0@q 1/1@r"), ZERO_ONE);
    expect(interval).toContain("of 2 clusters");
  });
});

describe("em", () => {
  it("needs every option of a question", () => {
    const result = computeMetric("em", grouped("1/1@q 0/0@q 1/1@r 1/0@r 0/0@s"), ZERO_ONE);
    expect(result.value).toBeCloseTo(2 / 3, 12);
    expect(result.interval).toBe("bootstrap (2000 draws of 3 questions, seed 0)");
    // all 0: only s; all 1: none (q and r have a 0)
    expect(result.constant).toBeCloseTo(1 / 3, 12);
  });

  it("distinguishes questions with the same number in two passages, and draws passages", () => {
    const result = computeMetric("em", grouped("1/1@0@p 1/0@0@s 1/1@1@p"), ZERO_ONE);
    expect(result.value).toBeCloseTo(2 / 3, 12);
    expect(result.interval).toContain("2 clusters");
  });

  it("names an example without a question", () => {
    expect(() => computeMetric("em", labelled("1/1 0/0"), ZERO_ONE)).toThrow(/example "0" has no group/);
  });
});

describe("token_f1 and exact_match", () => {
  const answers = texts(
    ["the North Sea", ["North Sea!", "Baltic"], "p"],
    ["York", ["New York"], "p"],
    ["Rome", ["Paris"], "s"],
  );

  it("take the best gold text of each query and average", () => {
    const f1 = computeMetric("token_f1", answers, { labels: [] });
    expect(f1.value).toBeCloseTo((1 + 2 / 3 + 0) / 3, 12);
    expect(f1.constant).toBeNull();
    expect(f1.interval).toBe("bootstrap (2000 draws of 2 clusters, seed 0)");
    const em = computeMetric("exact_match", answers, { labels: [] });
    expect(em.value).toBeCloseTo(1 / 3, 12);
    expect(em.constant).toBeNull();
  });

  it("name an example without gold texts", () => {
    const without = texts(["x", ["x"]], ["y", []]);
    expect(() => computeMetric("token_f1", without, { labels: [] })).toThrow(/example "1" has no gold text/);
  });
});

describe("mcc", () => {
  it("correlates predictions with gold", () => {
    // TP 2, FP 1, FN 0, TN 1: (2·1 − 1·0) / √(3·2·2·1)
    const result = computeMetric("mcc", labelled("yes/yes yes/yes yes/no no/no"), YES_NO);
    expect(result.value).toBeCloseTo(2 / Math.sqrt(12), 12);
    expect(result.constant).toBe(0);
  });

  it("does not depend on which label is positive", () => {
    const predictions = labelled("yes/yes yes/no yes/yes no/no no/yes no/no no/no");
    const swapped = computeMetric("mcc", predictions, { labels: ["yes", "no"] });
    expect(swapped.value).toBeCloseTo(computeMetric("mcc", predictions, YES_NO).value, 12);
  });

  it("is 1 and −1 at the ends, and 0 if a marginal is empty", () => {
    expect(computeMetric("mcc", labelled("yes/yes no/no"), YES_NO).value).toBe(1);
    expect(computeMetric("mcc", labelled("yes/no no/yes"), YES_NO).value).toBe(-1);
    expect(computeMetric("mcc", labelled("yes/yes yes/no"), YES_NO).value).toBe(0);
    expect(computeMetric("mcc", labelled("yes/yes no/yes"), YES_NO).value).toBe(0);
  });

  it("rejects three labels", () => {
    expect(() => computeMetric("mcc", labelled("a/a"), ABC)).toThrow(/two labels, found 3/);
  });
});

describe("gender_parity", () => {
  it("is the share of pairs with the same prediction, right or wrong", () => {
    const result = computeMetric("gender_parity", grouped("1/1@p 1/1@p 0/1@q 0/1@q 1/1@r 0/1@r"), ZERO_ONE);
    expect(result.value).toBeCloseTo(2 / 3, 12);
    expect(result.constant).toBe(1);
    expect(result.interval).toBe("bootstrap (2000 draws of 3 pairs, seed 0)");
    expect(result.note).toBeUndefined();
  });

  it("skips incomplete pairs, with a note", () => {
    const result = computeMetric("gender_parity", grouped("1/1@p 0/1@p 1/1@q"), ZERO_ONE);
    expect(result).toMatchObject({
      value: 0,
      note: "1 of 2 pairs have only one example and are skipped",
    });
  });

  it("fails if no pair is complete, or one has three examples", () => {
    expect(() => computeMetric("gender_parity", grouped("1/1@p 1/1@q"), ZERO_ONE)).toThrow(
      /no complete pair/,
    );
    const three = grouped("1/1@p 1/1@p 1/1@p");
    expect(() => computeMetric("gender_parity", three, ZERO_ONE)).toThrow(/found 3 in pair "p"/);
  });
});

describe("computeMetric rejects invalid predictions", () => {
  it.each([
    ["an unknown metric", "acuracy", labelled("yes/yes"), YES_NO, /unknown metric "acuracy"/],
    ["no predictions", "accuracy", [], YES_NO, /no predictions/],
    [
      "an example without gold",
      "mcc",
      [{ exampleId: "7", predicted: "no" }],
      YES_NO,
      /"7" has no gold label/,
    ],
    [
      "a gold label of another task",
      "accuracy",
      labelled("yes/maybe"),
      YES_NO,
      /has the label "maybe", expected one of "no", "yes"/,
    ],
    ["a prediction of another task", "f1_macro", labelled("maybe/yes"), YES_NO, /was predicted "maybe"/],
    ["a task without labels", "accuracy", labelled("yes/yes"), { labels: [] }, /the task has none/],
    ["no draws", "mcc", labelled("yes/yes"), { ...YES_NO, draws: 0 }, /draws/],
    ["a broken seed", "mcc", labelled("yes/yes"), { ...YES_NO, seed: 0.5 }, /seed/],
  ])("%s", (_, metric, predictions, options, message) => {
    expect(() => computeMetric(metric, predictions, options)).toThrow(message);
  });

  it("suggests the nearest name", () => {
    expect(() => computeMetric("f1_macr", [], YES_NO)).toThrow(
      expect.objectContaining({ kind: "data", hint: expect.stringContaining("Did you mean f1_macro?") }),
    );
  });
});

describe("registry", () => {
  it("has a title and a description for each metric, and each under its own name", () => {
    expect(metricNames()).toEqual([
      "accuracy",
      "f1_macro",
      "f1a",
      "em",
      "token_f1",
      "exact_match",
      "mcc",
      "gender_parity",
    ]);
    const titles = metricNames().map((name) => findMetric(name)!.title);
    expect(titles).toEqual(["Acc.", "F1", "F1a", "EM", "F1", "EM", "MCC", "GPS"]);
    for (const name of metricNames()) expect(findMetric(name)!.description.length).toBeGreaterThan(20);
  });
});
