import type { Prediction } from "../metrics/index.js";
import type { BaselineResults, Judged, RunResults, Sample, TaskResult } from "../results/index.js";
import { ENSEMBLE, ensemblePredictions } from "./judge/ensemble.js";
import type { JudgedTask } from "./judge/judged-task.js";
import { type RecordedRun, readResults, readSamples } from "./record/read-run.js";
import { readJudgedTask } from "./record/task-record.js";

/** One model of a finished run. */
export interface FinishedModel extends Omit<BaselineResults, "comparisons"> {
  /** its name in the run */
  readonly named: string;
  readonly judged: readonly Judged[];
}

/** A finished run with everything that reports and comparisons need. */
export interface FinishedRun extends RecordedRun {
  readonly results: RunResults;
  /** the evaluated model, then the baselines */
  readonly models: readonly FinishedModel[];
  /** of all models, by task */
  readonly samples: ReadonlyMap<string, readonly Sample[]>;
}

/**
 * Reads everything that reports and comparisons need from a run.
 * @throws GlmEvalError (data) if the run is not finished or one of its files is damaged
 *
 * @example
 * const { results, samples } = await finishedRun(await readRun("runs/large"));
 * console.log(await format(results, "markdown", { published: [], samples, classes: true }));
 */
export async function finishedRun(run: RecordedRun): Promise<FinishedRun> {
  const results = await readResults(run);
  const samples = new Map<string, readonly Sample[]>();
  for (const { name } of run.record.tasks) samples.set(name, await readSamples(run, name));
  const { baselines, ...main } = results;
  const tasksByName = new Map<string, JudgedTask>();
  for (const task of run.record.tasks)
    if (task.status === "ready") tasksByName.set(task.name, await readJudgedTask(task));
  const models = [{ ...main, status: "done" as const }, ...baselines].map((model): FinishedModel => {
    const { family, protocol, status, tasks, suites, modelNote, message } = model as BaselineResults;
    return {
      ...{ model: model.model, named: model.model, family, protocol, status, tasks, suites },
      ...(modelNote !== undefined && { modelNote }),
      ...(message !== undefined && { message }),
      judged: [...tasksByName.values()].flatMap((task) =>
        readJudged(task, samples.get(task.name)!, model.model, tasks),
      ),
    };
  });
  return { ...run, results, models, samples };
}

/** Reads a model's predictions of each pattern, and of their ensemble if its results have one. */
function readJudged(
  { name: task, labels, metrics }: JudgedTask,
  samples: readonly Sample[],
  model: string,
  results: readonly TaskResult[],
): Judged[] {
  const byPattern = new Map<string, Prediction[]>();
  for (const sample of samples) {
    if (sample.model !== model) continue;
    const own = byPattern.get(sample.pattern);
    if (own) own.push(readPrediction(sample));
    else byPattern.set(sample.pattern, [readPrediction(sample)]);
  }
  const ownMetrics = metrics.filter((metric) => typeof metric !== "string");
  const about = { task, labels, ownMetrics };
  const judged = [...byPattern].map(([pattern, predictions]) => ({ ...about, pattern, predictions }));
  const hasEnsemble = results.some((result) => result.task === task && result.kind === "ensemble");
  const ensemble = hasEnsemble ? ensemblePredictions(labels, [...byPattern.values()]) : undefined;
  if (ensemble) judged.push({ ...about, pattern: ENSEMBLE, predictions: ensemble.predictions });
  return judged;
}

function readPrediction(sample: Sample): Prediction {
  const { id: exampleId, predicted, label, gold, group, cluster, labelScores: scores } = sample;
  return { exampleId, predicted, label, gold, group, cluster, scores };
}
