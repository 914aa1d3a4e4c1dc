import { accuracy } from "./accuracy.js";
import { bootstrap, describeBootstrap, percentileInterval } from "./bootstrap.js";
import { bootstrapOptions, checkPredictions, type MetricOptions, resolveMetric } from "./checks.js";
import type { Metric, MetricResult, Prediction } from "./metric.js";
import { findMetric } from "./registry.js";
import { total } from "./units.js";
import { wilson } from "./wilson.js";

/**
 * Computes a metric, given by name or as the caller's own, over the predictions of one task and pattern, with its 95%
 * interval and the best constant answer.
 * Accuracy over independent examples gets the Wilson interval; everything else a percentile bootstrap over the
 * independent units: clusters (passages) if examples have them, questions, pairs, else examples.
 * @throws GlmEvalError (data) for an unknown metric, no predictions, or predictions that it cannot be computed on
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
  const metric = resolveMetric(nameOrMetric);
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
    constant: findBestConstant(metric, predictions, options.labels),
    ...(units.note === undefined ? {} : { note: units.note }),
    ...(metric.better === "lower" && { better: metric.better }),
  };
}

/**
 * Finds the best value of a constant answer. Returns null for metrics of texts, because a constant text is no useful
 * comparison if answers come from the passages, and for metrics that read scores, because a constant answer has none.
 */
function findBestConstant(metric: Metric, predictions: readonly Prediction[], labels: readonly string[]) {
  if (metric.judges === "texts" || metric.readsScores) return null;
  const values = labels.map((predicted) => {
    const constant = predictions.map(({ scores: _, ...prediction }) => ({ ...prediction, predicted }));
    return metric.value(total(metric.units(constant, labels, "cluster").rows));
  });
  return metric.better === "lower" ? Math.min(...values) : Math.max(...values);
}
