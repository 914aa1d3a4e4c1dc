import { accuracy } from "./accuracy.js";
import { bootstrap, describeBootstrap, percentileInterval } from "./bootstrap.js";
import { bootstrapOptions, checkPredictions, knownMetric, type MetricOptions } from "./checks.js";
import type { Metric, MetricResult, Prediction } from "./metric.js";
import { findMetric } from "./registry.js";
import { total } from "./units.js";
import { wilson } from "./wilson.js";

/**
 * A metric, by its name or one of the caller's own, over the predictions of one task and pattern, with its 95 % interval
 * and the best constant answer.
 * Accuracy over independent examples has the Wilson interval; everything else a percentile bootstrap over the units
 * that are independent: clusters (passages) where examples have them, questions, pairs, else examples.
 * @throws GlmEvalError (data) for an unknown metric, no predictions, or predictions that it cannot judge
 *
 * @example
 * const predictions = [
 *   { exampleId: "1", predicted: "yes", label: "yes" },
 *   { exampleId: "2", predicted: "yes", label: "no" },
 * ];
 * const { value, constant, interval } = computeMetric("accuracy", predictions, { labels: ["no", "yes"] });
 * console.log(value, constant, interval); // 0.5 0.5 wilson
 */
export function computeMetric(
  nameOrMetric: string | Metric,
  predictions: readonly Prediction[],
  options: MetricOptions,
): MetricResult {
  const metric = knownMetric(nameOrMetric);
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
    ...(metric !== findMetric(metric.name) && { title: metric.title }),
    value: metric.value(sums),
    ...interval,
    constant: bestConstant(metric, predictions, options.labels),
    ...(units.note === undefined ? {} : { note: units.note }),
    ...(metric.better === "lower" && { better: metric.better }),
  };
}

/** No constant text is worth comparing with where answers come from the passages; and a constant answer has no scores. */
function bestConstant(metric: Metric, predictions: readonly Prediction[], labels: readonly string[]) {
  if (metric.judges === "texts" || metric.readsScores) return null;
  const values = labels.map((predicted) => {
    const constant = predictions.map(({ scores: _, ...prediction }) => ({ ...prediction, predicted }));
    return metric.value(total(metric.units(constant, labels, "cluster").rows));
  });
  return metric.better === "lower" ? Math.min(...values) : Math.max(...values);
}
