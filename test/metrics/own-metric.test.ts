import { beforeAll, describe, expect, it } from "vitest";
import {
  comparePaired,
  computeMetric,
  type Metric,
  ownMetric,
  type Prediction,
  tallyExamples,
} from "../../src/metrics/index.js";
import { loadTask } from "../../src/tasks/index.js";
import { labelled } from "./fixtures.js";

const YES_NO = { labels: ["no", "yes"] };

/** Predictions of these probabilities of "yes", with their gold labels: `sure("0.75/yes 0.5/no")`. */
function sure(pairs: string): Prediction[] {
  return pairs.split(" ").map((pair, index) => {
    const [probability, label] = pair.split("/") as [string, string];
    const yes = Number(probability);
    // Not normalized, like scores.
    const scores = [
      { label: "no", score: Math.log(1 - yes) + index },
      { label: "yes", score: Math.log(yes) + index },
    ];
    return { exampleId: String(index), predicted: yes > 0.5 ? "yes" : "no", label, scores };
  });
}

/** Makes the metric of a module, which must be valid. */
function own(members: object, file = "/tasks/mine.mjs"): Metric {
  const metric = ownMetric(members as Record<string, unknown>, file);
  if (typeof metric === "string") throw new Error(metric);
  return metric;
}

const MINE = {
  name: "mine",
  title: "Mine",
  description: "share of yes",
  judges: "labels",
  units: (predictions: readonly Prediction[], _: readonly string[], by: "cluster" | "group") =>
    tallyExamples(predictions, by, 2, (row, { predicted }) => {
      if (predicted === "yes") row[0]! += 1;
      row[1]! += 1;
    }),
  value: (sums: ArrayLike<number>) => sums[0]! / sums[1]!,
};

describe("a custom metric", () => {
  it("has a value, a bootstrap interval and the best constant answer", () => {
    const result = computeMetric(own(MINE), labelled("yes/yes yes/no no/no yes/yes"), YES_NO);
    expect(result).toMatchObject({
      metric: "mine",
      title: "Mine",
      value: 0.75,
      interval: "bootstrap (2000 draws of 4 examples, seed 0)",
      constant: 1,
    });
    expect(result.low).toBeLessThan(0.75);
    expect("better" in result).toBe(false);
    expect("title" in computeMetric("accuracy", labelled("yes/yes"), YES_NO)).toBe(false);
  });

  it("compares two models", () => {
    const first = labelled("yes/yes yes/no no/no yes/yes");
    const second = labelled("no/yes yes/no no/no yes/yes");
    expect(comparePaired(own(MINE), first, second, YES_NO)).toMatchObject({
      metric: "mine",
      difference: 0.25,
      test: "paired bootstrap (2000 draws of 4 examples, seed 0)",
    });
  });

  it("may be better the lower it is; the best constant answer is then the lowest", () => {
    const result = computeMetric(own({ ...MINE, better: "lower" }), labelled("yes/yes no/no"), YES_NO);
    expect(result).toMatchObject({ constant: 0, better: "lower" });
  });

  it("may be an instance of a class, with methods that use this", () => {
    class Counting {
      readonly name = "counting";
      readonly title = "N";
      readonly description = "number of examples, in hundredths";
      readonly judges = "labels";
      readonly share = 0.01;
      units(predictions: readonly Prediction[]) {
        return { name: "examples", rows: predictions.map(() => [this.share]) };
      }
      value(sums: ArrayLike<number>) {
        return sums[0]! + 0 * this.share;
      }
    }
    expect(computeMetric(own(new Counting()), labelled("yes/yes no/no"), YES_NO).value).toBe(0.02);
  });

  it.each<[string, object, string]>([
    [
      "nothing",
      {},
      "name is missing; expected a name of letters, digits, _, . and -. title is missing; expected non-empty text. description is missing; expected non-empty text. " +
        'judges is missing; expected "labels" or "texts". units is missing; expected a function of predictions, labels and the unit of resampling. value is missing; expected a function of sums',
    ],
    [
      "a name",
      { ...MINE, name: "my metric" },
      "name is 'my metric'; expected a name of letters, digits, _, . and -",
    ],
    ["what it judges", { ...MINE, judges: "label" }, 'judges is \'label\'; expected "labels" or "texts"'],
    ["which is better", { ...MINE, better: "more" }, 'better is \'more\'; expected "higher" or "lower"'],
    ["a flag", { ...MINE, readsScores: "yes" }, "readsScores is 'yes'; expected true or false"],
    ["a function", { ...MINE, value: 3 }, "value is 3; expected a function of sums"],
    [
      "a unique name",
      { ...MINE, name: "accuracy" },
      'its name "accuracy" is taken by a built-in metric; expected another name',
    ],
  ])("needs %s", (_, members, message) => {
    expect(ownMetric(members as Record<string, unknown>, "/mine.mjs")).toBe(message);
  });

  const compute = (members: object) => () =>
    computeMetric(own({ ...MINE, ...members }), labelled("yes/yes no/no"), YES_NO);

  it.each<[string, object, string]>([
    [
      "throws",
      {
        units: () => {
          throw new TypeError("no such thing");
        },
      },
      "units() failed: TypeError: no such thing",
    ],
    [
      "throws something that is not an error",
      {
        value: () => {
          throw "no";
        },
      },
      "value() failed: no",
    ],
    ["returns nothing", { units: () => undefined }, "units() returned undefined; expected { name, rows }"],
    [
      "is asynchronous",
      { units: async () => [] },
      "units() returned Promise { [] }; expected { name, rows }",
    ],
    [
      "returns no rows",
      { units: () => ({ name: "x", rows: [] }) },
      "units() returned no rows; expected one per unit",
    ],
    [
      "returns uneven rows",
      { units: () => ({ name: "x", rows: [[1, 2], [1]] }) },
      "units() returned the row [ 1 ]; expected 2 numbers, the same count in every row",
    ],
    [
      "returns empty rows",
      { units: () => ({ name: "x", rows: [[], []] }) },
      "units() returned the row []; expected numbers, the same count in every row",
    ],
    [
      "returns rows with NaN",
      { units: () => ({ name: "x", rows: [[1], [Number.NaN]] }) },
      "units() returned the row [ NaN ]; expected 1 numbers, the same count in every row",
    ],
    [
      "returns an invalid note",
      { units: () => ({ name: "x", rows: [[1]], note: 3 }) },
      "units() returned the note 3; expected text",
    ],
    [
      "returns no number",
      { value: () => Number.NaN },
      "value() returned NaN for the sums 1, 2; expected a number",
    ],
  ])("names its module if it %s", (_, members, message) => {
    expect(compute(members)).toThrow(
      expect.objectContaining({
        name: "GlmEvalError",
        kind: "data",
        message: expect.stringContaining(`metric mine (/tasks/mine.mjs): ${message}`),
      }),
    );
  });

  it("keeps the cause of an exception", () => {
    const cause = new Error("why");
    const units = () => {
      throw cause;
    };
    expect(compute({ units })).toThrow(expect.objectContaining({ cause }));
  });

  it("cannot have different units for another model", () => {
    const units = (predictions: readonly Prediction[]) => ({
      name: "examples",
      rows: predictions.filter(({ predicted }) => predicted === "yes").map(() => [1, 1]),
    });
    const compare = () =>
      comparePaired(own({ ...MINE, units }), labelled("yes/yes yes/no"), labelled("yes/yes no/no"), YES_NO);
    expect(compare).toThrow("metric mine: it has 2 units for one model and 1 for the other");
  });
});

describe("a metric that reads scores", () => {
  let brier: Metric;

  beforeAll(async () => {
    const { metrics, metricModules } = await loadTask("examples/confidence/task.yaml");
    expect(metrics).toEqual(["accuracy", "brier"]);
    brier = metricModules[0]!.metric;
  });

  it("matches a manual calculation: the Brier score of the example", () => {
    // (0.25² + 0.25²), (0.5² + 0.5²), (0.9² + 0.9²): 0.125, 0.5, 1.62
    const result = computeMetric(brier, sure("0.75/yes 0.5/no 0.9/no"), YES_NO);
    expect(result.value).toBeCloseTo((0.125 + 0.5 + 1.62) / 3, 12);
    expect(result).toMatchObject({ metric: "brier", constant: null, better: "lower" });
    expect(result.low).toBeCloseTo(0.125, 12);
    expect(result.high).toBeCloseTo(1.62, 12);
  });

  it("distinguishes a confident model from a less confident one, though both are right", () => {
    const compared = comparePaired(brier, sure("0.9/yes 0.2/no"), sure("0.6/yes 0.4/no"), YES_NO);
    // (0.02 + 0.08) / 2 − (0.32 + 0.32) / 2
    expect(compared.difference).toBeCloseTo(0.05 - 0.32, 12);
  });

  it("is right if one label is certain, and if scores are far from zero", () => {
    const far = [
      { label: "no", score: -5000 },
      { label: "yes", score: -4000 },
    ];
    const prediction = { exampleId: "0", predicted: "yes", label: "no", scores: far };
    expect(computeMetric(brier, [prediction], YES_NO).value).toBe(2);
    expect(computeMetric(brier, [{ ...prediction, label: "yes" }], YES_NO).value).toBe(0);
  });

  it("rejects predictions without scores", () => {
    expect(() => computeMetric(brier, labelled("yes/yes no/no"), YES_NO)).toThrow(
      'metric brier: example "0" has no label scores',
    );
    const [first] = sure("0.75/yes");
    expect(() => computeMetric(brier, [{ ...first!, scores: [] }], YES_NO)).toThrow("has no label scores");
  });

  it("gives the constant answers of other metrics no scores", () => {
    const seen: boolean[] = [];
    const units = (predictions: readonly Prediction[]) => {
      seen.push(predictions.some(({ scores }) => scores !== undefined));
      return { name: "examples", rows: predictions.map(() => [1, 1]) };
    };
    computeMetric(own({ ...MINE, units }), sure("0.75/yes 0.5/no"), YES_NO);
    expect(seen).toEqual([true, false, false]);
  });
});
