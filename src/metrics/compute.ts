import { accuracy } from "./accuracy.js";
import { bootstrap, describeBootstrap, percentileInterval } from "./bootstrap.js";
import { bootstrapOptions, checkPredictions, knownMetric, type MetricOptions } from "./checks.js";
import type { Metric, MetricResult, Prediction } from "./types.js";
import { total } from "./units.js";
import { wilson } from "./wilson.js";

/**
 * A metric over the predictions of one task and pattern, with its 95 % interval and the best constant answer.
 * Accuracy over independent examples has the Wilson interval; everything else a percentile bootstrap over the units
 * that are independent: clusters (passages) where examples have them, questions, pairs, else examples.
 * @throws GlmEvalError("data") for an unknown metric, no predictions, or predictions that it cannot judge
 */
export function computeMetric(
  name: string | Metric,
  predictions: readonly Prediction[],
  options: MetricOptions,
): MetricResult {
  const metric = typeof name === "string" ? knownMetric(name) : name;
  const drawing = bootstrapOptions(options);
  checkPredictions(metric, predictions, options.labels);

  const units = metric.units(predictions, options.labels, "cluster");
  const sums = total(units.rows);
  const independent = units.rows.length === predictions.length;
  const interval =
    metric === accuracy && independent
      ? { ...wilson(sums[0]!, sums[1]!), interval: "wilson" }
      : {
          ...percentileInterval(bootstrap(units.rows, metric.value, drawing)),
          interval: describeBootstrap(units, drawing),
        };
  return {
    metric: metric.name,
    value: metric.value(sums),
    ...interval,
    constant: bestConstant(metric, predictions, options.labels),
    ...(units.note === undefined ? {} : { note: units.note }),
  };
}

/** No constant text is worth comparing with where answers come from the passages. */
function bestConstant(metric: Metric, predictions: readonly Prediction[], labels: readonly string[]) {
  if (metric.judges === "texts") return null;
  const values = labels.map((predicted) => {
    const constant = predictions.map((prediction) => ({ ...prediction, predicted }));
    return metric.value(total(metric.units(constant, labels, "cluster").rows));
  });
  return Math.max(...values);
}
