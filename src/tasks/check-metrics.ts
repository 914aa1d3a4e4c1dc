import { GlmEvalError } from "../errors.js";
import type { FindingCode, Problems } from "../findings.js";
import { computeMetric, findMetric, type Prediction } from "../metrics/index.js";
import type { Example, Task, TaskPattern } from "./task.js";
import { getMetric } from "./task-metrics.js";

/**
 * Reports the metrics that cannot judge a split. Each judges the gold answers as if they had all been predicted, so an
 * error that would end a run after scoring is known before a model is loaded. Data without gold labels is not judged.
 */
export function checkMetrics(
  task: Task,
  patterns: readonly TaskPattern[],
  examples: readonly Example[],
  problems: Problems,
): void {
  const predictions = examples.flatMap((example) => makeGoldPrediction(example, task.labels));
  if (predictions.length === 0) return;
  for (const [k, name] of task.metrics.entries()) {
    const position = task.metricPositions?.[k] ?? { file: task.file };
    const metric = getMetric(task, name);
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
        message: `metric ${name} reads label scores, which decision: ${without.decision} does not produce`,
        hint: "use decision: best, or another metric",
      });
  }
}

/** Makes the correct prediction in a run's form; none for an example without gold. */
function makeGoldPrediction(
  { id, label, gold, goldIndex, group, cluster }: Example,
  labels: readonly string[],
): Prediction[] {
  // The text at the index is known only once the answers are rendered; any text that is correct is enough here.
  const texts = gold ?? (goldIndex === undefined ? undefined : [`answer ${goldIndex}`]);
  const predicted = label ?? texts?.[0];
  if (predicted === undefined) return [];
  const scores = labels.map((each) => ({ label: each, score: each === label ? -0.1 : -3 }));
  return [
    { exampleId: id, predicted, label, gold: texts, group, cluster, ...(labels.length > 0 && { scores }) },
  ];
}
