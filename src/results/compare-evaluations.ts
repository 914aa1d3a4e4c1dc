import { comparePaired, hasGold, type Metric, type Prediction } from "../metrics/index.js";
import type { TaskComparison, TaskResult } from "./run-results.js";

/** The predictions of one pattern for one task, by which two models are compared. */
export interface Judged {
  readonly task: string;
  readonly pattern: string;
  /** the task's labels in class order; empty if predictions are texts */
  readonly labels: readonly string[];
  readonly predictions: readonly Prediction[];
  /** the task's custom metrics, from the user's modules */
  readonly ownMetrics?: readonly Metric[] | undefined;
}

/** The part of an evaluation that a comparison needs. */
export interface Evaluated {
  readonly tasks: readonly TaskResult[];
  readonly judged: readonly Judged[];
}

/**
 * Compares a model with a baseline on the same questions: one comparison for each task, pattern and metric that both have
 * results for, in the order of the model's results. The difference is the model's value minus the baseline's.
 * Examples without a gold label are left out.
 * @throws GlmEvalError (data) if the two do not have the same examples
 *
 * @example
 * const [main, baseline] = (await judgeRun(await readRun("runs/both"))).judged;
 * const both = await readResults(await readRun("runs/both"));
 * const comparisons = compareEvaluations(
 *   { tasks: both.tasks, judged: main },
 *   { tasks: both.baselines[0].tasks, judged: baseline },
 * );
 * console.log(comparisons.map(({ task, metric, difference, p }) => ({ task, metric, difference, p })));
 */
export function compareEvaluations(main: Evaluated, baseline: Evaluated): TaskComparison[] {
  return main.judged.flatMap(({ task, pattern, labels, predictions, ownMetrics }) => {
    const isSame = (other: { task: string; pattern: string }): boolean =>
      other.task === task && other.pattern === pattern;
    const found = baseline.judged.find(isSame)?.predictions;
    if (found === undefined) return [];
    const [own, others] = selectCompared(
      predictions,
      found,
      [main, baseline].some(({ tasks }) => (tasks.find(isSame)?.skipped ?? 0) > 0),
    );
    if (own.length === 0) return [];
    const listMetrics = ({ tasks }: Evaluated): string[] =>
      tasks.find(isSame)?.metrics.map(({ metric }) => metric) ?? [];
    const known = new Set(listMetrics(baseline));
    return listMetrics(main)
      .filter((metric) => known.has(metric))
      .map((metric) => ({
        task,
        pattern,
        ...comparePaired(ownMetrics?.find(({ name }) => name === metric) ?? metric, own, others, {
          labels,
        }),
      }));
  });
}

/**
 * Selects the predictions by which two models are compared: those that can be judged. If a model could not score all
 * examples, only those of examples that both scored.
 */
function selectCompared(
  ours: readonly Prediction[],
  theirs: readonly Prediction[],
  skipsSome: boolean,
): [readonly Prediction[], readonly Prediction[]] {
  const both = [ours.filter(hasGold), theirs.filter(hasGold)] as const;
  if (!skipsSome) return [...both];
  const [own, others] = both.map((of) => new Set(of.map(({ exampleId }) => exampleId))) as [
    Set<string>,
    Set<string>,
  ];
  return [
    both[0].filter(({ exampleId }) => others.has(exampleId)),
    both[1].filter(({ exampleId }) => own.has(exampleId)),
  ];
}
