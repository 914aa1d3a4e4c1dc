import { GlmEvalError, nearest } from "../errors.js";
import type { BootstrapOptions } from "./bootstrap.js";
import type { Metric, Prediction } from "./metric.js";
import { findMetric, metricNames } from "./registry.js";

/** What a metric knows besides the predictions. */
export interface MetricOptions {
  /** the task's labels in class order; empty where the prediction is a text */
  readonly labels: readonly string[];
  /** of the bootstrap (default 0): the same seed gives the same interval */
  readonly seed?: number;
  /** of the bootstrap (default 2,000) */
  readonly draws?: number;
}

/**
 * A metric by its name, or as it is given.
 * @throws GlmEvalError (data) naming the nearest metric
 */
export function knownMetric(nameOrMetric: string | Metric): Metric {
  if (typeof nameOrMetric !== "string") return nameOrMetric;
  const name = nameOrMetric;
  const metric = findMetric(name);
  if (metric !== undefined) return metric;
  const guess = nearest(name, metricNames());
  throw new GlmEvalError("unknown-metric", `there is no metric ${JSON.stringify(name)}`, {
    hint: `${guess === undefined ? "" : `did you mean ${guess}? `}known metrics: ${metricNames().join(", ")}`,
  });
}

/** @throws GlmEvalError (usage) */
export function bootstrapOptions({ seed = 0, draws = 2000 }: MetricOptions): BootstrapOptions {
  if (!Number.isSafeInteger(seed))
    throw new GlmEvalError("bad-number", `the seed must be an integer, not ${seed}`);
  if (!Number.isSafeInteger(draws) || draws < 1) {
    throw new GlmEvalError(
      "bad-number",
      `the number of bootstrap draws must be an integer from 1 on, not ${draws}`,
    );
  }
  return { seed, draws };
}

/** Whether it is known what is right. */
export function hasGold({ label, gold }: Pick<Prediction, "label" | "gold">): boolean {
  return label !== undefined || (gold !== undefined && gold.length > 0);
}

/** Whether a metric can judge these predictions at all. @throws GlmEvalError (data) naming the example */
export function checkPredictions(
  metric: Metric,
  predictions: readonly Prediction[],
  labels: readonly string[],
): void {
  const fail = (message: string, hint: string): never => {
    throw new GlmEvalError("metric-not-applicable", `metric ${metric.name}: ${message}`, { hint });
  };
  if (predictions.length === 0) fail("there are no predictions to judge", "the data file may be empty");
  const silent = metric.readsScores && predictions.find(({ scores }) => !scores || scores.length === 0);
  if (silent) {
    fail(
      `example ${JSON.stringify(silent.exampleId)} has no scores of its labels`,
      "it reads scores, which there are where the answers stand for labels (decision: best)",
    );
  }
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
