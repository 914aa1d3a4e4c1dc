import path from "node:path";
import { GlmEvalError } from "../errors.js";
import { computeMetric, hasGold } from "../metrics/index.js";
import {
  type BaselineResults,
  compareEvaluations,
  type Judged,
  type RunResults,
  type Sample,
  type TaskResult,
} from "../results/index.js";
import type { FinishedModel, FinishedRun } from "./finished-run.js";

/** Which parts of the runs are compared. */
export interface CombineOptions {
  /** compare the tasks, patterns and examples that all runs have; by default, runs that differ in them are refused */
  readonly common?: boolean | undefined;
  /** accept runs that lack tasks and patterns of others */
  readonly mayLack?: boolean | undefined;
  /** include the baselines of the runs; by default, only the model that each one evaluated */
  readonly baselines?: boolean | undefined;
}

/** Several runs combined into one, for `format` and `formatComparison`. */
export interface CombinedRuns {
  readonly results: RunResults;
  readonly samples: ReadonlyMap<string, readonly Sample[]>;
}

/**
 * Combines several finished runs into one: the first run's model, compared with every other.
 * @throws GlmEvalError (usage) with the difference, if the runs do not have the same tasks and examples
 *
 * @example
 * const [large, base] = [await readRun("runs/large"), await readRun("runs/base")];
 * const { results } = combineRuns([await finishedRun(large), await finishedRun(base)]);
 * for (const { task, difference, p } of results.baselines[0].comparisons) console.log(task, difference, p);
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
  const all = named.map(({ model }) => model);
  const [main, ...rest] = options.common ? selectCommon(all) : all;
  const baselines = rest.map(
    ({ named: _named, judged, ...model }): BaselineResults => ({
      ...model,
      comparisons: compareEvaluations(main!, { tasks: model.tasks, judged }),
    }),
  );
  const { results } = first;
  const samples = new Map<string, Sample[]>();
  for (const { run, model } of named)
    for (const [task, lines] of run.samples) {
      const own = lines.filter((sample) => sample.model === model.named);
      samples.set(task, [
        ...(samples.get(task) ?? []),
        ...own.map((sample) => ({ ...sample, model: model.model })),
      ]);
    }
  const { tasks, suites, model } = main!;
  return { results: { ...results, model, tasks, suites, baselines }, samples };
}

function checkComparable(one: FinishedRun, other: FinishedRun, options: CombineOptions): void {
  const both = `${one.folder} and ${other.folder}`;
  const fail = (message: string, hint: string): never => {
    throw new GlmEvalError("runs-not-comparable", message, { hint });
  };
  const common = "Pass --common to compare what both have.";
  const [split, otherSplit] = [one.record.data.split, other.record.data.split];
  if (split !== otherSplit)
    fail(`${both} use different splits: ${split} and ${otherSplit}`, "Compare runs with the same --split.");
  const keys = ({ models }: FinishedRun) =>
    models[0]!.judged.map(({ task, pattern }) => `${task} ${pattern}`);
  const [own, theirs] = [keys(one), keys(other)];
  const shared = own.filter((key) => theirs.includes(key));
  if (shared.length === 0 && !options.mayLack)
    fail(
      `${both} have no task and pattern in common: found ${formatKeys(own)}; and ${formatKeys(theirs)}`,
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
    // Examples that one model could not score are left out for both.
    if ([one, other].some(({ models }) => skipsSome(models[0]!, judged))) continue;
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

/** Whether a model could not score some examples of a task and pattern. */
export function skipsSome(
  { tasks }: Pick<FinishedModel, "tasks">,
  of: Pick<Judged, "task" | "pattern">,
): boolean {
  const result = tasks.find(({ task, pattern }) => task === of.task && pattern === of.pattern);
  return (result?.skipped ?? 0) > 0;
}

function formatKeys(keys: readonly string[]): string {
  return keys.length === 0 ? "no results" : keys.slice(0, 4).join(", ") + (keys.length > 4 ? ", …" : "");
}

/** Reduces every model to the tasks, patterns and examples that all have. Values and intervals are over these examples. */
function selectCommon(models: readonly FinishedModel[]): FinishedModel[] {
  const find = ({ judged }: FinishedModel, { task, pattern }: Judged) =>
    judged.find((other) => other.task === task && other.pattern === pattern);
  const shared = models[0]!.judged.flatMap((judged) => {
    const all = models.map((model) => find(model, judged));
    if (all.includes(undefined)) return [];
    const sets = all.map((other) => new Set(other!.predictions.map(({ exampleId }) => exampleId)));
    const ids = judged.predictions
      .map(({ exampleId }) => exampleId)
      .filter((id) => sets.every((set) => set.has(id)));
    return ids.length === 0 ? [] : [{ task: judged.task, pattern: judged.pattern, ids: new Set(ids) }];
  });
  return models.map((model) => {
    const judged = model.judged.flatMap((one) => {
      const part = shared.find(({ task, pattern }) => task === one.task && pattern === one.pattern);
      const predictions = one.predictions.filter(({ exampleId }) => part?.ids.has(exampleId));
      return part === undefined ? [] : [{ ...one, predictions }];
    });
    const tasks = judged.flatMap((one) => {
      const full = model.tasks.find(({ task, pattern }) => task === one.task && pattern === one.pattern);
      return full === undefined ? [] : [restrictResult(one, full, models)];
    });
    // A suite's score is defined only on complete tasks.
    return { ...model, judged, tasks, suites: [] };
  });
}

/**
 * Restricts a result to some of its examples. Counts over examples are omitted.
 * @param models all compared models: the limit of one excludes examples of the others
 */
function restrictResult(
  { task, pattern, predictions, labels, ownMetrics }: Judged,
  full: TaskResult,
  models: readonly FinishedModel[],
): TaskResult {
  if (predictions.length === full.examples) return full;
  const same = models
    .flatMap(({ tasks }) => tasks)
    .filter((of) => of.task === task && of.pattern === pattern);
  const limited = full.limited ?? same.find((of) => of.limited !== undefined)?.limited;
  const { confusion: _confusion, reliability: _reliability, unlabelled: _unlabelled, ...result } = full;
  const judgeable = predictions.filter(hasGold);
  const unlabelled = predictions.length - judgeable.length;
  return {
    ...result,
    examples: predictions.length,
    ...(limited && { limited }),
    ...(unlabelled > 0 && { unlabelled }),
    metrics: (judgeable.length > 0 ? result.metrics : []).map(({ metric }) =>
      computeMetric(ownMetrics?.find(({ name }) => name === metric) ?? metric, judgeable, { labels }),
    ),
    ties: 0,
    truncated: 0,
  };
}
