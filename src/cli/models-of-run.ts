import path from "node:path";
import { BUNDLED_MODEL } from "../bundled.js";
import { explain, GlmEvalError } from "../errors.js";
import {
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  type PreparedTask,
  type PrepareOptions,
  type RunEvent,
  type RunFolder,
  someQuestions,
} from "../runner/index.js";
import type { Model } from "../scoring/index.js";
import type { Task } from "../tasks/index.js";
import type { ModelArguments, ScoringArguments } from "./arguments.js";
import { type AskedPlan, findBatchTokens, TRIED_QUESTIONS } from "./batches.js";
import type { UsedCache } from "./cache-of-run.js";
import { exitWith, INTERRUPTED, TASKS_FAILED } from "./exit.js";
import { loadFor } from "./load.js";
import type { Progress } from "./progress.js";
import type { Stop } from "./stop.js";

/** A model of a run: the one that is evaluated, or a baseline. */
export interface NamedModel {
  /** as results call it: what the user typed; the bundled model's folder name where nothing was */
  readonly name: string;
  readonly isBundled: boolean;
}

/** What became of a model of a run. */
export interface ModelOutcome extends NamedModel {
  /** undefined where it could not be loaded; its engine is closed */
  readonly model?: Model;
  /** tokens of a batch, where that was found out */
  readonly batchTokens?: number;
  /** undefined where it was not to be used */
  readonly cache?: UsedCache;
  readonly evaluation?: Evaluation;
  /** why it could not be loaded, or the first error of its tasks */
  readonly error?: unknown;
}

/** The evaluated model, then the baselines. @throws GlmEvalError("usage") where two have one name */
export function namedModels(argv: Pick<ModelArguments, "model" | "baseline">): readonly NamedModel[] {
  const models = [argv.model ?? BUNDLED_MODEL, ...(argv.baseline ?? [])].map((given) => {
    const isBundled = path.resolve(given) === path.resolve(BUNDLED_MODEL);
    return { name: given === BUNDLED_MODEL ? path.basename(given) : given, isBundled };
  });
  const again = models.find(({ name }, k) => models.findIndex((other) => other.name === name) < k);
  if (again !== undefined)
    throw new GlmEvalError("usage", `the model ${again.name} is named twice in one run`, {
      hint: "--model and every --baseline name different models.",
    });
  return models;
}

export interface ModelRun {
  readonly tasks: readonly Task[];
  readonly options: Pick<EvaluateOptions, "conventions" | "suites" | keyof PrepareOptions> & {
    readonly prepared: readonly PreparedTask[];
  };
  readonly plan: AskedPlan;
  /** what was found out before, where the run goes on */
  readonly batchTokens: number | undefined;
  readonly folder: RunFolder;
  readonly progress: Progress;
  readonly stop: Stop;
  /** sees that the model can go on with the run, and opens its score cache where that is to be used */
  readonly onLoaded: (model: Model, batchTokens: number | undefined) => Promise<UsedCache | undefined>;
}

/** Loads one model, asks it everything and closes it; what goes wrong with it is told and does not end the others. */
export async function runModel(
  named: NamedModel,
  argv: ModelArguments & ScoringArguments,
  run: ModelRun,
): Promise<ModelOutcome> {
  const { folder, progress, stop } = run;
  const several = (argv.baseline ?? []).length > 0;
  let model: Model;
  try {
    model = await loadFor({ ...argv, model: named.isBundled ? BUNDLED_MODEL : named.name }, progress);
  } catch (error) {
    if (!several) throw error;
    progress.say(`${named.name}: cannot be used: ${explain(error)}`);
    return { ...named, error };
  }
  let cache: UsedCache | undefined;
  try {
    const { maxBatchTokens: asked } = run.plan;
    const maxBatchTokens = asked === "auto" ? await batchTokensFor(model, run) : asked;
    const batchTokens = asked === "auto" ? maxBatchTokens : undefined;
    cache = await run.onLoaded(model, batchTokens);
    stop.keep();
    const label = several ? `${named.name}, ` : "";
    const begun = { ...model.engine.work, at: performance.now() };
    const evaluation = await evaluate(model, run.tasks, {
      ...run.options,
      ...run.plan,
      maxBatchTokens,
      signal: stop.signal,
      scored: folder.scored(named.name),
      ...(cache && { cache: cache.scores }),
      onScored: (entries) => folder.append(named.name, entries),
      onSamples: (task, samples) => folder.appendSamples(named.name, task.name, samples),
      onEvent: (event) => tell(event, label, run),
    });
    const known = cache?.scores;
    if (known && known.hits > 0)
      progress.say(`${label}${known.hits} of ${known.asked} texts were in the score cache`);
    tellWork(model, label, begun, progress);
    return {
      ...named,
      model,
      ...(batchTokens && { batchTokens }),
      ...(cache && { cache }),
      evaluation,
      ...(evaluation.error !== undefined && { error: evaluation.error }),
    };
  } finally {
    await cache?.scores.close();
    await model.engine.close();
  }
}

/** What the model computed: nothing where all was known. */
function tellWork(
  { engine }: Model,
  label: string,
  begun: { readonly tokens: number; readonly padding: number; readonly at: number },
  progress: Progress,
): void {
  const tokens = engine.work.tokens - begun.tokens;
  const padding = engine.work.padding - begun.padding;
  if (tokens === 0) return;
  const rate = (tokens - padding) / ((performance.now() - begun.at) / 1000);
  const share = ((100 * padding) / tokens).toFixed(1);
  progress.say(
    `${label}${tokens.toLocaleString("en-US")} tokens computed, ${share} % of them padding; ${rate.toPrecision(3)} a second`,
  );
}

async function batchTokensFor(model: Model, run: ModelRun): Promise<number> {
  if (run.batchTokens !== undefined) return run.batchTokens;
  const some = someQuestions(run.options.prepared, run.options, TRIED_QUESTIONS);
  return await findBatchTokens(model, some, run.progress);
}

/** What could not be asked anyway was told before. */
function tell(
  event: RunEvent,
  label: string,
  { options, progress }: Pick<ModelRun, "options" | "progress">,
): void {
  const isReady = (name: string): boolean =>
    options.prepared.some(({ task, status }) => task.name === name && status === "ready");
  if (event.type === "task") {
    progress.say(`${label}${event.task.name}: ${event.examples} examples, pattern ${event.pattern}`);
  } else if (event.type === "progress") {
    const { questions, totalQuestions, secondsLeft } = event.progress;
    progress.update(`${label}${event.task.name}`, questions, totalQuestions, "questions", secondsLeft);
  } else if (event.result.status !== "done" && isReady(event.result.task)) {
    progress.say(`${label}${event.result.task}: ${event.result.status}: ${event.result.message}`);
  }
}

/**
 * Sets the exit code: 0 where all is done, 130 where it was stopped, the error's own where nothing at all could be
 * judged, else 5. A defect of this program is told with its stack.
 */
export function exitWithOutcomes(outcomes: readonly ModelOutcome[], interrupted: boolean): void {
  const errors = outcomes.flatMap(({ error }) => (error === undefined ? [] : [error]));
  const defect = errors.find((error) => !(error instanceof GlmEvalError));
  if (interrupted) process.exitCode = INTERRUPTED;
  else if (defect !== undefined) exitWith(defect);
  else if (errors.length > 0) {
    const done = outcomes.some(({ evaluation }) => evaluation?.tasks.some(({ status }) => status === "done"));
    process.exitCode = done ? TASKS_FAILED : (errors[0] as GlmEvalError).exitCode;
  }
}
