import { GlmEvalError } from "../errors.js";
import { accuracy } from "./accuracy.js";
import { bootstrap, describeBootstrap, percentileInterval } from "./bootstrap.js";
import { bootstrapOptions, checkPredictions, type MetricOptions, resolveMetric } from "./checks.js";
import { exactMatch } from "./exact-match.js";
import { mcnemarExact } from "./mcnemar.js";
import type { Metric, Prediction, Units } from "./metric.js";
import { newcombePaired } from "./newcombe.js";
import { total } from "./units.js";

/** How much better the first of two models is than the second on the same examples, as a fraction like the metric. */
export interface PairedComparison {
  readonly metric: string;
  /** the first model's value minus the second's */
  readonly difference: number;
  /** 95% interval of the difference */
  readonly low: number;
  readonly high: number;
  /** two-sided, in (0, 1], not adjusted for multiple comparisons */
  readonly p: number;
  /** "McNemar exact (12 and 5 discordant)" or "paired bootstrap (2000 draws of 83 questions, seed 0)" */
  readonly test: string;
  /** the independent unit, in the plural: "examples", "questions", "groups", "clusters", "pairs" */
  readonly unit: string;
  /** number of units */
  readonly n: number;
}

/** Metrics that are the share of examples with score 1; the others have score 0. */
const PROPORTIONS: readonly Metric[] = [accuracy, exactMatch];

/** Differences below this are rounding errors: the metrics add numbers in different orders. */
const ROUNDING_ERROR = 1e-12;

/**
 * Compares two models by their predictions for the same examples, in any order, with a metric given by name or as the
 * caller's own.
 *
 * The independent unit is the question in MultiRC, the passage in ReCoRD, the pair in AX-g (see `DrawnBy`, "group"), else
 * the example. Accuracy and exact match over independent examples use McNemar's exact test and Newcombe's interval (see
 * `mcnemarExact`, `newcombePaired`). Everything else uses the paired bootstrap: each draw takes the same units of both
 * models and gives one difference d*; the interval is its percentile interval, and
 * p = min(1, 2 (1 + min(#{d* ≤ 0}, #{d* ≥ 0})) / (draws + 1)): the inverted percentile interval, i.e. the level at which
 * one of its ends reaches 0 (Efron and Tibshirani 1993, section 15.4 and chapter 16), doubled for two sides, with 1 added
 * to both counts so that it is never 0 (Davison and Hinkley 1997, section 4.2). It is approximate: it draws from the
 * observed sample, not from one in which the models are equal; and it cannot be below 2 / (draws + 1).
 *
 * If no prediction differs, the difference is 0, the interval [0, 0] and p = 1: no example distinguishes the models, which
 * does not prove that they are equal on others.
 * @throws GlmEvalError (data) if one lacks an example that the other has, if their gold answers differ, or
 *   if `computeMetric` would throw
 *
 * @example
 * const large = ["yes", "no", "no"].map((predicted, k) => ({ exampleId: `${k}`, predicted, label: "no" }));
 * const base = ["yes", "yes", "no"].map((predicted, k) => ({ exampleId: `${k}`, predicted, label: "no" }));
 * const { test, p } = comparePaired("accuracy", large, base, { labels: ["no", "yes"] });
 * console.log(test, p); // McNemar exact (1 and 0 discordant) 1
 */
export function comparePaired(
  nameOrMetric: string | Metric,
  first: readonly Prediction[],
  second: readonly Prediction[],
  options: MetricOptions,
): PairedComparison {
  const metric = resolveMetric(nameOrMetric);
  const { name } = metric;
  const drawing = bootstrapOptions(options);
  const matched = match(name, first, second);
  const [a, b] = [first, matched].map((predictions) => {
    checkPredictions(metric, predictions, options.labels);
    return metric.units(predictions, options.labels, "group");
  }) as [Units, Units];
  if (a.rows.length !== b.rows.length) {
    const message = `metric ${name}: it has ${a.rows.length} units for one model and ${b.rows.length} for the other`;
    throw new GlmEvalError("not-paired", message, {
      hint: "Make the units of the metric independent of the predictions.",
    });
  }
  const difference = metric.value(total(a.rows)) - metric.value(total(b.rows));
  const common = { metric: name, difference: roundToZero(difference), unit: a.name, n: a.rows.length };
  if (PROPORTIONS.includes(metric) && a.rows.length === first.length) {
    const same = first.every(({ predicted }, k) => predicted === matched[k]!.predicted);
    return { ...common, ...mcnemar(a, b), ...(same && { low: 0, high: 0 }) };
  }
  const values = bootstrap(
    a.rows.map((row, k) => [...row, ...b.rows[k]!]),
    (sums) => {
      const half = sums.length / 2;
      return roundToZero(metric.value(sums.subarray(0, half)) - metric.value(sums.subarray(half)));
    },
    drawing,
  );
  const atMost0 = values.filter((value) => value <= 0).length;
  const atLeast0 = values.filter((value) => value >= 0).length;
  return {
    ...common,
    ...percentileInterval(values),
    p: Math.min(1, (2 * (1 + Math.min(atMost0, atLeast0))) / (drawing.draws + 1)),
    test: `paired ${describeBootstrap(a, drawing)}`,
  };
}

function roundToZero(difference: number): number {
  return Math.abs(difference) < ROUNDING_ERROR ? 0 : difference;
}

/** Runs McNemar's test on rows [score, 1], one per example. */
function mcnemar({ rows: a }: Units, { rows: b }: Units) {
  const counts = { both: 0, onlyFirst: 0, onlySecond: 0, neither: 0 };
  a.forEach(([score], k) => {
    if (score === b[k]![0]) counts[score === 1 ? "both" : "neither"] += 1;
    else counts[score === 1 ? "onlyFirst" : "onlySecond"] += 1;
  });
  const { onlyFirst, onlySecond } = counts;
  return {
    ...newcombePaired(counts),
    p: mcnemarExact(onlyFirst, onlySecond),
    test: `McNemar exact (${onlyFirst} and ${onlySecond} discordant)`,
  };
}

/** Returns the second model's predictions in the order of the first's. */
function match(metric: string, first: readonly Prediction[], second: readonly Prediction[]): Prediction[] {
  const fail = (id: string, what: string, hint: string): never => {
    throw new GlmEvalError("not-paired", `metric ${metric}: example ${JSON.stringify(id)} ${what}`, { hint });
  };
  const indexById = (predictions: readonly Prediction[]) => {
    const found = new Map<string, Prediction>();
    for (const prediction of predictions) {
      const { exampleId } = prediction;
      if (found.has(exampleId)) fail(exampleId, "occurs twice", "give each example a unique id");
      found.set(exampleId, prediction);
    }
    return found;
  };
  const [known, others] = [indexById(first), indexById(second)];
  const describeMissing = (model: string) => `was judged for one model, but not for the ${model} one`;
  const same = "compare models on the same data, split and limit";
  const extra = second.find(({ exampleId }) => !known.has(exampleId));
  const matched = first.map((prediction) => {
    const other =
      others.get(prediction.exampleId) ?? fail(prediction.exampleId, describeMissing("second"), same);
    if (getIdentity(prediction) === getIdentity(other)) return other;
    return fail(prediction.exampleId, "has a different gold answer or group for the second model", same);
  });
  if (extra !== undefined) fail(extra.exampleId, describeMissing("first"), same);
  return matched;
}

/** Returns everything known about an example except its prediction, as a key. */
function getIdentity({ label, gold, group, cluster }: Prediction): string {
  return JSON.stringify([label, gold, group, cluster]);
}
