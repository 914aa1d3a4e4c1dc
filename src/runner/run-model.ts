import type { ClozeQuestion } from "../patterns/index.js";
import type { Model } from "../scoring/index.js";
import type { Task } from "../tasks/index.js";
import type { ModelState } from "./describe-run.js";
import { type EvaluateOptions, evaluate } from "./evaluate.js";
import type { OnRunEvent } from "./events.js";
import type { RunFolder } from "./record/run-folder.js";
import type { NamedModel, RequestedPlan } from "./run-options.js";
import { chooseBatchTokens, tryBatchTokens } from "./schedule/batch-tokens.js";
import type { UsedScoreCache } from "./schedule/score-cache/index.js";
import { whyNotPrepared } from "./schedule/skip.js";
import { findWordWarnings } from "./score/check-words.js";
import { selectQuestions } from "./score/jobs.js";
import type { PreparedTask } from "./score/prepare-tasks.js";

/** Number of questions with which batch sizes are tried. */
export const TRIED_QUESTIONS = 256;

export interface ModelRun {
  readonly tasks: readonly Task[];
  readonly options: Omit<EvaluateOptions, "maxBatchTokens" | "maxRows"> & {
    readonly prepared: readonly PreparedTask[];
  };
  readonly plan: RequestedPlan;
  /** tokens per batch as measured before, if the run is resumed */
  readonly measured: number | undefined;
  readonly folder: RunFolder;
  readonly onEvent: OnRunEvent;
  readonly signal: AbortSignal | undefined;
  readonly load: () => Promise<Model>;
  /** whether there are others to evaluate if this one fails to load */
  readonly isOneOfSeveral: boolean;
  /** checks that the model can be used for the run, and opens its score cache unless that is disabled */
  readonly onLoaded: (
    model: Model,
    maxBatchTokens: number | undefined,
  ) => Promise<UsedScoreCache | undefined>;
}

/** Loads one model, scores everything with it and closes it; its errors do not stop the other models. */
export async function runModel(named: NamedModel, run: ModelRun): Promise<ModelState> {
  const { folder, onEvent, signal } = run;
  const { name } = named;
  let model: Model;
  try {
    model = await run.load();
  } catch (error) {
    if (!run.isOneOfSeveral) throw error;
    onEvent({ type: "load-failed", model: name, error });
    return { ...named, error };
  }
  onEvent({ type: "loaded", model: name, notes: model.notes });
  let cache: UsedScoreCache | undefined;
  try {
    const { maxBatchTokens: requested } = run.plan;
    const measured =
      requested === "auto" ? (run.measured ?? (await measureBatchTokens(name, model, run))) : undefined;
    cache = await run.onLoaded(model, measured);
    for (const text of findWordWarnings(run.options.prepared, model.reader))
      onEvent({ type: "warning", model: name, text });
    onEvent({ type: "scoring", model: name });
    const start = { ...model.engine.work, at: performance.now() };
    const evaluation = await evaluate(model, run.tasks, {
      ...run.options,
      ...run.plan,
      maxBatchTokens: requested === "auto" ? measured! : requested,
      signal,
      model: name,
      scored: folder.scored(name),
      cache: cache?.scores,
      onScored: (entries) => folder.append(name, entries),
      onQuestions: (task, questions) => folder.appendQuestions(task.name, questions),
      onSamples: (task, samples) => folder.appendSamples(task.name, samples),
      onEvent: (event) => {
        if (event.type === "result") onEvent({ ...event, model: name });
        else onEvent({ ...event, model: name, task: event.task.name });
      },
    });
    onEvent({
      type: "scored",
      model: name,
      cached: cache && { hits: cache.scores.hits, asked: cache.scores.asked },
      work: {
        tokens: model.engine.work.tokens - start.tokens,
        padding: model.engine.work.padding - start.padding,
        seconds: (performance.now() - start.at) / 1000,
      },
    });
    return { ...named, model, maxBatchTokens: measured, cache, evaluation, error: evaluation.error };
  } finally {
    await cache?.scores.close();
    await model.engine.close();
  }
}

/** Measures how many tokens a batch should have on the model's device. */
async function measureBatchTokens(
  name: string,
  model: Model,
  { options, onEvent }: ModelRun,
): Promise<number> {
  const { fewshot, onError } = options;
  const { questions, total } = selectQuestions(options.prepared, { fewshot, onError }, TRIED_QUESTIONS);
  let isReported = false;
  const onTry = (): void => {
    if (!isReported) onEvent({ type: "trying-batches", model: name });
    isReported = true;
  };
  const usable = onError === "skip" ? questions.filter((each) => canPrepare(model.reader, each)) : questions;
  const tried = await tryBatchTokens(model, usable, { total, onTry });
  const tokens = chooseBatchTokens(tried);
  if (isReported) onEvent({ type: "batch-tokens", model: name, tokens, tried });
  return tokens;
}

function canPrepare(reader: Model["reader"], question: ClozeQuestion): boolean {
  try {
    return reader.prepare(question).length > 0;
  } catch (error) {
    whyNotPrepared(error);
    return false;
  }
}
