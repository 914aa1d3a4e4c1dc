import { GlmEvalError } from "../errors.js";
import type { FindingCode, Problems } from "../findings.js";
import { computeMetric, findMetric, type Prediction } from "../metrics/index.js";
import type { Example, Task, TaskPattern } from "./task.js";
import { metricOf } from "./task-metrics.js";

/**
 * Reports the metrics that cannot judge a split: each judges the gold answers as if all of them had been predicted, so
 * that what a run would refuse once all is scored is known before a model is loaded. Data without gold is not judged.
 */
export function checkMetrics(
  task: Task,
  patterns: readonly TaskPattern[],
  examples: readonly Example[],
  problems: Problems,
): void {
  const predictions = examples.flatMap((example) => goldPrediction(example, task.labels));
  if (predictions.length === 0) return;
  for (const [k, name] of task.metrics.entries()) {
    const position = task.metricPositions?.[k] ?? { file: task.file };
    const metric = metricOf(task, name);
    try {
      computeMetric(metric, predictions, { labels: task.labels, draws: 1 });
    } catch (error) {
      if (!(error instanceof GlmEvalError)) throw error;
      const { message, hint } = error;
      problems.add({ severity: "error", code: error.code as FindingCode, ...position, message, hint });
    }
    const { readsScores } = typeof metric === "string" ? findMetric(metric)! : metric;
    const without = readsScores ? patterns.find(({ decision }) => decision !== "best") : undefined;
    if (without !== undefined)
      problems.add({
        severity: "error",
        code: "metric-not-applicable",
        ...position,
        pattern: without.id,
        message: `metric ${name} reads scores of the labels, which decision: ${without.decision} does not have`,
        hint: "take decision: best, or another metric",
      });
  }
}

/** The prediction that is right, as a run's would be; none of an example without gold. */
function goldPrediction(
  { id, label, gold, goldIndex, group, cluster }: Example,
  labels: readonly string[],
): Prediction[] {
  // Which text is at the place is known once the answers are rendered; that it is the right one is enough here.
  const texts = gold ?? (goldIndex === undefined ? undefined : [`answer ${goldIndex}`]);
  const predicted = label ?? texts?.[0];
  if (predicted === undefined) return [];
  const scores = labels.map((each) => ({ label: each, score: each === label ? -0.1 : -3 }));
  return [
    { exampleId: id, predicted, label, gold: texts, group, cluster, ...(labels.length > 0 && { scores }) },
  ];
}
