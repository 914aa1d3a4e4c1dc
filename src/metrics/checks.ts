import { GlmEvalError, nearest } from "../errors.js";
import type { BootstrapOptions } from "./bootstrap.js";
import type { Metric, Prediction } from "./metric.js";
import { findMetric, metricNames } from "./registry.js";

/** What a metric needs in addition to the predictions. */
export interface MetricOptions {
  /** the task's labels in class order; empty if predictions are texts */
  readonly labels: readonly string[];
  /** bootstrap seed (default 0): the same seed gives the same interval */
  readonly seed?: number;
  /** number of bootstrap draws (default 2,000) */
  readonly draws?: number;
}

/**
 * Resolves a metric by name; returns a metric object unchanged.
 * @throws GlmEvalError (data) that suggests the nearest metric
 */
export function resolveMetric(nameOrMetric: string | Metric): Metric {
  if (typeof nameOrMetric !== "string") return nameOrMetric;
  const name = nameOrMetric;
  const metric = findMetric(name);
  if (metric !== undefined) return metric;
  const guess = nearest(name, metricNames());
  throw new GlmEvalError("unknown-metric", `unknown metric ${JSON.stringify(name)}`, {
    hint: `${guess === undefined ? "" : `Did you mean ${guess}? `}known metrics: ${metricNames().join(", ")}`,
  });
}

/** @throws GlmEvalError (usage) */
export function bootstrapOptions({ seed = 0, draws = 2000 }: MetricOptions): BootstrapOptions {
  if (!Number.isSafeInteger(seed))
    throw new GlmEvalError("bad-number", `the seed must be an integer, not ${seed}`);
  if (!Number.isSafeInteger(draws) || draws < 1) {
    throw new GlmEvalError(
      "bad-number",
      `the number of bootstrap draws must be an integer of at least 1, not ${draws}`,
    );
  }
  return { seed, draws };
}

/** Whether a prediction has a gold label or gold text to judge it by. */
export function hasGold({ label, gold }: Pick<Prediction, "label" | "gold">): boolean {
  return label !== undefined || (gold !== undefined && gold.length > 0);
}

/** Checks that a metric can be computed on these predictions. @throws GlmEvalError (data) that names the example */
export function checkPredictions(
  metric: Metric,
  predictions: readonly Prediction[],
  labels: readonly string[],
): void {
  const fail = (message: string, hint: string): never => {
    throw new GlmEvalError("metric-not-applicable", `metric ${metric.name}: ${message}`, { hint });
  };
  if (predictions.length === 0)
    fail("there are no predictions to judge", "check that the data file is not empty");
  const unscored = metric.readsScores && predictions.find(({ scores }) => !scores || scores.length === 0);
  if (unscored) {
    fail(
      `example ${JSON.stringify(unscored.exampleId)} has no label scores`,
      "the metric reads label scores, which exist only if the answers map to labels (decision: best)",
    );
  }
  if (metric.judges === "texts") {
    const without = predictions.find(({ gold }) => gold === undefined || gold.length === 0);
    if (without === undefined) return;
    fail(
      `example ${JSON.stringify(without.exampleId)} has no gold text`,
      "text metrics need data whose reader returns gold texts (ReCoRD); for labels use accuracy",
    );
  }
  if (labels.length === 0) {
    fail("it needs labels, but the task has none", "for answers from the data use token_f1 and exact_match");
  }
  const known = new Set(labels);
  const listed = labels.map((label) => JSON.stringify(label)).join(", ");
  for (const { exampleId, predicted, label } of predictions) {
    const example = `example ${JSON.stringify(exampleId)}`;
    if (label === undefined) {
      fail(`${example} has no gold label`, "judging needs labeled data, such as the validation split");
    } else if (!known.has(label)) {
      fail(
        `${example} has the label ${JSON.stringify(label)}, expected one of ${listed}`,
        "correct the data or the labels",
      );
    }
    if (!known.has(predicted)) {
      fail(
        `${example} was predicted ${JSON.stringify(predicted)}, expected one of ${listed}`,
        "correct the labels",
      );
    }
  }
}
