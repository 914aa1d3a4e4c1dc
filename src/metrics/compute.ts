import { GlmEvalError, nearest } from "../errors.js";
import { accuracy } from "./accuracy.js";
import { bootstrap } from "./bootstrap.js";
import { findMetric, metricNames } from "./registry.js";
import type { Metric, MetricResult, Prediction, Units } from "./types.js";
import { total } from "./units.js";
import { wilson } from "./wilson.js";

export interface MetricOptions {
  /** the task's labels in class order; empty where the prediction is a text */
  readonly labels: readonly string[];
  /** of the bootstrap (default 0): the same seed gives the same interval */
  readonly seed?: number;
  /** of the bootstrap (default 2,000) */
  readonly draws?: number;
}

/**
 * A metric over the predictions of one task and pattern, with its 95 % interval and the best constant answer.
 * Accuracy over independent examples has the Wilson interval; everything else a percentile bootstrap over the units
 * that are independent: clusters (passages) where examples have them, questions, pairs, else examples.
 * @throws GlmEvalError("data") for an unknown metric, no predictions, or predictions that it cannot judge
 */
export function computeMetric(
  name: string,
  predictions: readonly Prediction[],
  options: MetricOptions,
): MetricResult {
  const metric = findMetric(name);
  if (metric === undefined) throw unknownMetric(name);
  const { seed = 0, draws = 2000 } = options;
  if (!Number.isSafeInteger(seed))
    throw new GlmEvalError("usage", `the seed must be an integer, not ${seed}`);
  if (!Number.isSafeInteger(draws) || draws < 1) {
    throw new GlmEvalError(
      "usage",
      `the number of bootstrap draws must be an integer from 1 on, not ${draws}`,
    );
  }
  check(metric, predictions, options.labels);

  const units = metric.units(predictions, options.labels);
  const sums = total(units.rows);
  const independent = units.rows.length === predictions.length;
  const interval =
    metric === accuracy && independent
      ? { ...wilson(sums[0]!, sums[1]!), interval: "wilson" }
      : { ...bootstrap(units, metric.value, { draws, seed }), interval: describe(units, draws, seed) };
  return {
    metric: name,
    value: metric.value(sums),
    ...interval,
    constant: bestConstant(metric, predictions, options.labels),
    ...(units.note === undefined ? {} : { note: units.note }),
  };
}

function describe(units: Units, draws: number, seed: number): string {
  return `bootstrap (${draws} draws of ${units.rows.length} ${units.name}, seed ${seed})`;
}

/** No constant text is worth comparing with where answers come from the passages. */
function bestConstant(metric: Metric, predictions: readonly Prediction[], labels: readonly string[]) {
  if (metric.judges === "texts") return null;
  const values = labels.map((predicted) => {
    const constant = predictions.map((prediction) => ({ ...prediction, predicted }));
    return metric.value(total(metric.units(constant, labels).rows));
  });
  return Math.max(...values);
}

function unknownMetric(name: string): GlmEvalError {
  const guess = nearest(name, metricNames());
  return new GlmEvalError("data", `there is no metric ${JSON.stringify(name)}`, {
    hint: `${guess === undefined ? "" : `did you mean ${guess}? `}known metrics: ${metricNames().join(", ")}`,
  });
}

function check(metric: Metric, predictions: readonly Prediction[], labels: readonly string[]): void {
  const fail = (message: string, hint: string): never => {
    throw new GlmEvalError("data", `metric ${metric.name}: ${message}`, { hint });
  };
  if (predictions.length === 0) fail("there are no predictions to judge", "the data file may be empty");
  if (metric.judges === "texts") {
    const without = predictions.find(({ gold }) => gold === undefined || gold.length === 0);
    if (without === undefined) return;
    fail(
      `example ${JSON.stringify(without.exampleId)} has no gold text`,
      "metrics of texts need data whose reader gives gold texts (ReCoRD); for labels use accuracy",
    );
  }
  if (labels.length === 0) {
    fail("it judges labels, but the task has none", "for answers from the data use token_f1 and exact_match");
  }
  const known = new Set(labels);
  const listed = labels.map((label) => JSON.stringify(label)).join(", ");
  for (const { exampleId, predicted, label } of predictions) {
    const example = `example ${JSON.stringify(exampleId)}`;
    if (label === undefined) {
      fail(`${example} has no gold label`, "only labelled data can be judged, such as the validation split");
    } else if (!known.has(label)) {
      fail(
        `${example} has the label ${JSON.stringify(label)}, expected one of ${listed}`,
        "mend the data or the labels",
      );
    }
    if (!known.has(predicted)) {
      fail(
        `${example} was predicted ${JSON.stringify(predicted)}, expected one of ${listed}`,
        "mend the labels",
      );
    }
  }
}
