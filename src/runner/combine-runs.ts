import path from "node:path";
import { GlmEvalError } from "../errors.js";
import type { Prediction } from "../metrics/index.js";
import {
  type BaselineResults,
  compareEvaluations,
  type Judged,
  type RunResults,
  type Sample,
  type TaskResult,
} from "../results/index.js";
import { ENSEMBLE, ensemblePredictions } from "./judge/ensemble.js";
import { type RecordedRun, readResults, readSamples } from "./record/read-run.js";

/** One model of a finished run. */
interface FinishedModel extends Omit<BaselineResults, "comparisons"> {
  /** its name in the run */
  readonly named: string;
  readonly judged: readonly Judged[];
}

/** A finished run with all that reports and comparisons read of it. */
export interface FinishedRun extends RecordedRun {
  readonly results: RunResults;
  /** the evaluated model, then the baselines */
  readonly models: readonly FinishedModel[];
  /** of all models, by task */
  readonly samples: ReadonlyMap<string, readonly Sample[]>;
}

/** @throws GlmEvalError("data") where the run is not finished or one of its files is damaged */
export async function finishedRun(run: RecordedRun): Promise<FinishedRun> {
  const results = await readResults(run);
  const samples = new Map<string, readonly Sample[]>();
  for (const { name } of run.record.tasks) samples.set(name, await readSamples(run, name));
  const { baselines, ...main } = results;
  const models = [{ ...main, status: "done" as const }, ...baselines].map((model): FinishedModel => {
    const { family, protocol, status, tasks, suites, modelNote, message } = model as BaselineResults;
    return {
      ...{ model: model.model, named: model.model, family, protocol, status, tasks, suites },
      ...(modelNote !== undefined && { modelNote }),
      ...(message !== undefined && { message }),
      judged: run.record.tasks.flatMap(({ name, labels }) =>
        judgedFromSamples(name, labels, samples.get(name)!, model.model, tasks),
      ),
    };
  });
  return { ...run, results, models, samples };
}

/** What a model predicted, pattern by pattern, and by their ensemble where its results have one. */
function judgedFromSamples(
  task: string,
  labels: readonly string[],
  samples: readonly Sample[],
  model: string,
  results: readonly TaskResult[],
): Judged[] {
  const byPattern = new Map<string, Prediction[]>();
  for (const sample of samples) {
    if (sample.model !== model) continue;
    const own = byPattern.get(sample.pattern);
    if (own) own.push(predictionOfSample(sample));
    else byPattern.set(sample.pattern, [predictionOfSample(sample)]);
  }
  const judged = [...byPattern].map(([pattern, predictions]) => ({ task, pattern, labels, predictions }));
  const hasEnsemble = results.some((result) => result.task === task && result.kind === "ensemble");
  const ensemble = hasEnsemble ? ensemblePredictions(labels, [...byPattern.values()]) : undefined;
  if (ensemble) judged.push({ task, pattern: ENSEMBLE, labels, predictions: ensemble.predictions });
  return judged;
}

function predictionOfSample({ id, predicted, label, gold, group, cluster, labelScores }: Sample): Prediction {
  return {
    exampleId: id,
    predicted,
    ...(label !== undefined && { label }),
    ...(gold && { gold }),
    ...(group !== undefined && { group }),
    ...(cluster !== undefined && { cluster }),
    ...(labelScores && { scores: labelScores }),
  };
}

export interface CombineOptions {
  /** compare the tasks, patterns and examples that both runs have; unless given, runs that differ in them are refused */
  readonly common?: boolean | undefined;
  /** tasks and patterns that only some of the runs have are no reason to refuse */
  readonly mayLack?: boolean | undefined;
  /** also the baselines of the runs; else only the model that each evaluated */
  readonly baselines?: boolean | undefined;
}

export interface CombinedRuns {
  readonly results: RunResults;
  readonly samples: ReadonlyMap<string, readonly Sample[]>;
}

/**
 * Several finished runs as one: the first run's model, compared with every other.
 * @throws GlmEvalError("usage") where the runs are not of the same tasks and examples, saying in what they differ
 */
export function combineRuns(runs: readonly FinishedRun[], options: CombineOptions = {}): CombinedRuns {
  const [first, ...others] = runs as readonly [FinishedRun, ...FinishedRun[]];
  for (const other of others) checkComparable(first, other, options);
  const chosen = runs.flatMap((run) =>
    (options.baselines ? run.models : run.models.slice(0, 1)).map((model) => ({ run, model })),
  );
  const named = chosen.map(({ run, model }, k) => {
    const isTwice = chosen.some((other, n) => n !== k && other.model.named === model.named);
    const name = isTwice ? `${model.named} (${path.basename(path.resolve(run.folder))})` : model.named;
    return { run, model: { ...model, model: name } };
  });
  const main = named[0]!.model;
  const baselines = named.slice(1).map(({ model: { named: _named, judged, ...model } }): BaselineResults => {
    const [one, two] = options.common ? commonPart(main.judged, judged) : [main.judged, judged];
    return {
      ...model,
      comparisons: compareEvaluations(
        { tasks: main.tasks, judged: one },
        { tasks: model.tasks, judged: two },
      ),
    };
  });
  const { results } = first;
  const samples = new Map<string, Sample[]>();
  for (const { run, model } of named)
    for (const [task, all] of run.samples) {
      const own = all.filter((sample) => sample.model === model.named);
      samples.set(task, [
        ...(samples.get(task) ?? []),
        ...own.map((sample) => ({ ...sample, model: model.model })),
      ]);
    }
  return { results: { ...results, model: main.model, baselines }, samples };
}

function checkComparable(one: FinishedRun, other: FinishedRun, options: CombineOptions): void {
  const both = `${one.folder} and ${other.folder}`;
  const fail = (message: string, hint: string): never => {
    throw new GlmEvalError("usage", message, { hint });
  };
  const common = "--common compares what both have.";
  const [split, otherSplit] = [one.record.data.split, other.record.data.split];
  if (split !== otherSplit)
    fail(
      `${both} are of different splits: ${split} and ${otherSplit}`,
      "Compare runs with the same --split.",
    );
  const keys = ({ models }: FinishedRun) =>
    models[0]!.judged.map(({ task, pattern }) => `${task} ${pattern}`);
  const [own, theirs] = [keys(one), keys(other)];
  const shared = own.filter((key) => theirs.includes(key));
  if (shared.length === 0 && !options.mayLack)
    fail(
      `${both} have no task and pattern in common: found ${listed(own)}; and ${listed(theirs)}`,
      "Compare runs of the same tasks and patterns.",
    );
  const lacking = [
    ...own.filter((key) => !theirs.includes(key)).map((key) => `${key} is only in ${one.folder}`),
    ...theirs.filter((key) => !own.includes(key)).map((key) => `${key} is only in ${other.folder}`),
  ];
  if (lacking.length > 0 && !options.common && !options.mayLack)
    fail(`${both} differ: ${lacking.slice(0, 3).join("; ")}${lacking.length > 3 ? "; …" : ""}`, common);
  if (options.common) return;
  for (const judged of one.models[0]!.judged) {
    const match = other.models[0]!.judged.find(
      ({ task, pattern }) => task === judged.task && pattern === judged.pattern,
    );
    if (match === undefined) continue;
    const ids = new Set(match.predictions.map(({ exampleId }) => exampleId));
    const missing = judged.predictions.filter(({ exampleId }) => !ids.delete(exampleId));
    const extra = [...ids];
    if (missing.length + extra.length === 0) continue;
    const [example, where] =
      missing.length > 0 ? [missing[0]!.exampleId, one.folder] : [extra[0]!, other.folder];
    fail(
      `${both} have different examples of ${judged.task}: ${judged.predictions.length} and ${match.predictions.length}; ` +
        `example ${JSON.stringify(example)} is only in ${where}`,
      common,
    );
  }
}

function listed(keys: readonly string[]): string {
  return keys.length === 0 ? "nothing judged" : keys.slice(0, 4).join(", ") + (keys.length > 4 ? ", …" : "");
}

/** Of both what the other has too: tasks, patterns and examples. */
function commonPart(one: readonly Judged[], other: readonly Judged[]): [Judged[], Judged[]] {
  const part = (of: readonly Judged[], against: readonly Judged[]): Judged[] =>
    of.flatMap((judged) => {
      const match = against.find(({ task, pattern }) => task === judged.task && pattern === judged.pattern);
      if (match === undefined) return [];
      const ids = new Set(match.predictions.map(({ exampleId }) => exampleId));
      return [{ ...judged, predictions: judged.predictions.filter(({ exampleId }) => ids.has(exampleId)) }];
    });
  return [part(one, other), part(other, one)];
}
