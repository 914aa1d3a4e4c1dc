import { explain } from "../errors.js";
import { suiteScore } from "../metrics/index.js";
import type { Conventions } from "../options/index.js";
import {
  countJudgedExamples,
  type Judged,
  type Sample,
  type SuiteResult,
  type TaskResult,
} from "../results/index.js";
import type { Model, PreparedQuestion } from "../scoring/index.js";
import type { Suite, Task } from "../tasks/index.js";
import { judgeTask, makeUnscoredResult, type PatternQuestions } from "./judge/judge-task.js";
import { makeLimited } from "./judge/make-limited.js";
import type { JournalEntry, ScoredQuestions } from "./record/journal.js";
import type { QuestionRecord } from "./record/question.js";
import { makePatternRecord, toJudgedTask } from "./record/task-record.js";
import type { PlanOptions } from "./schedule/plan.js";
import type { ScoreProgress } from "./schedule/score-all.js";
import type { ScoreCache } from "./schedule/score-cache/index.js";
import { Jobs, type ReadyTask } from "./score/jobs.js";
import {
  type DataRecord,
  listDataRecords,
  type PreparedTask,
  type PrepareOptions,
  prepareTasks,
} from "./score/prepare-tasks.js";
import { scorePattern } from "./score/score-pattern.js";

/** What happens while a model is evaluated, for progress displays. */
export type EvaluateEvent =
  | { readonly type: "pattern"; readonly task: Task; readonly pattern: string; readonly examples: number }
  | {
      readonly type: "progress";
      readonly task: Task;
      readonly pattern: string;
      readonly progress: ScoreProgress;
    }
  | {
      readonly type: "skipped";
      readonly task: Task;
      readonly pattern: string;
      readonly examples: number;
      /** questions by their ids, "boolq/p4/17" */
      readonly skipped: readonly { readonly id: string; readonly reason: string }[];
    }
  | { readonly type: "result"; readonly result: TaskResult };

/** How a model is evaluated, and the callbacks that receive scores and results. */
export interface EvaluateOptions extends PlanOptions, PrepareOptions {
  readonly conventions: Conventions;
  /** the model's name in samples; default: "model" */
  readonly model?: string | undefined;
  /** the tasks as `prepareTasks` returned them for these options; by default, they are prepared now */
  readonly prepared?: readonly PreparedTask[] | undefined;
  /** the suites to score */
  readonly suites?: readonly Suite[] | undefined;
  /** questions already scored with the same model and options: they are not scored again, and the results are the same */
  readonly scored?: ScoredQuestions | undefined;
  /** the model's known scores: questions in it are not scored again, and new scores are added to it */
  readonly cache?: ScoreCache | undefined;
  readonly onEvent?: ((event: EvaluateEvent) => void) | undefined;
  /** saves new scores; called after each batch, before it counts as scored. If it throws, the run ends. */
  readonly onScored?: ((entries: readonly JournalEntry[]) => Promise<void>) | undefined;
  /** called with each pattern's questions once they are scored; if it throws, the run ends */
  readonly onQuestions?: ((task: Task, questions: readonly QuestionRecord[]) => Promise<void>) | undefined;
  /** called with each pattern's samples; if it throws, the run ends */
  readonly onSamples?: ((task: Task, samples: readonly Sample[]) => Promise<void>) | undefined;
}

/** The outcome of a model on some tasks. */
export interface Evaluation {
  readonly tasks: readonly TaskResult[];
  /** one for each completed task and pattern, in order */
  readonly judged: readonly Judged[];
  /** the score of each requested suite; null unless all its tasks ran, with one pattern each */
  readonly suites: readonly SuiteResult[];
  /** the data files used, with their sha256 */
  readonly data: readonly DataRecord[];
  /** tasks that could not be scored, and why */
  readonly failures: readonly { readonly task: string; readonly message: string }[];
  /** the first error of a task that failed */
  readonly error?: unknown;
  readonly interrupted: boolean;
}

/**
 * Scores every question of some tasks with a model and judges the answers: `scorePattern` and `judgeTask` in turn. A task
 * without data is reported as missing, one that cannot be scored or judged as failed; the others still run.
 * @throws GlmEvalError (usage) if a task lacks one of the patterns; errors of `onScored`, `onQuestions` and `onSamples`
 *
 * @example
 * const model = await loadModel("./glm-large");
 * const { tasks } = await evaluate(model, [await findTask("copa")], {
 *   conventions: PROTOCOLS.glm, maxBatchTokens: 512, dataRoot: "./superglue",
 * });
 * console.log(tasks.map(({ task, metrics }) => [task, metrics[0]?.value]));
 * await model.engine.close();
 */
export async function evaluate<P extends PreparedQuestion>(
  model: Pick<Model<P>, "reader" | "engine">,
  tasks: readonly Task[],
  options: EvaluateOptions,
): Promise<Evaluation> {
  try {
    return await evaluateAll(model, tasks, options);
  } catch (error) {
    throw error instanceof CallbackError ? error.cause : error;
  }
}

async function evaluateAll<P extends PreparedQuestion>(
  model: Pick<Model<P>, "reader" | "engine">,
  tasks: readonly Task[],
  options: EvaluateOptions,
): Promise<Evaluation> {
  const prepared = options.prepared ?? (await prepareTasks(tasks, options));
  const results: TaskResult[] = [];
  const judged: Judged[] = [];
  const failures: { task: string; message: string }[] = [];
  let error: unknown;
  const add = (result: TaskResult): void => {
    results.push(result);
    options.onEvent?.({ type: "result", result });
  };
  const jobs = new Jobs(model, prepared, getQuestionOptions(options));
  for (const ready of prepared) {
    if (options.signal?.aborted) break;
    const { task } = ready;
    if (ready.status !== "ready") {
      error ??= ready.error;
      add(makeUnscoredResult(task, ready.status, ready.message));
      continue;
    }
    const scoring = await scoreTask(model, jobs, ready, options);
    const judgement = judgeTask(toJudgedTask(task), scoring.patterns, scoring.scored, {
      conventions: options.conventions,
      family: model.reader.family,
      fewshot: options.fewshot?.count,
      limited: makeLimited(options, ready.dataset),
      model: options.model ?? "model",
      hasAllPatterns: scoring.patterns.length === ready.patterns.length,
      onSamples: (samples) => scoring.samples.push(samples),
    });
    for (const samples of scoring.samples) await runCallback(options.onSamples?.(task, samples));
    judged.push(...judgement.judged);
    for (const result of judgement.results) add(result);
    error ??= scoring.error ?? judgement.error;
    if (scoring.error === undefined) continue;
    const message = explain(scoring.error);
    failures.push({ task: task.name, message });
    if (judgement.error === undefined) add(makeUnscoredResult(task, "failed", message));
  }
  jobs.stop();
  const done = results.filter(({ status }) => status === "done");
  return {
    tasks: results,
    judged,
    suites: scoreSuites(options.suites ?? [], done),
    data: listDataRecords(prepared, options.split),
    failures,
    ...(error !== undefined && { error }),
    interrupted: options.signal?.aborted ?? false,
  };
}

/** Computes the suites' scores; null if a task is missing, or was scored with several patterns. */
export function scoreSuites(
  suites: readonly (Parameters<typeof suiteScore>[0] & { readonly name: string; readonly title: string })[],
  done: readonly TaskResult[],
): SuiteResult[] {
  const judged = done.map((result) => ({ ...result, examples: countJudgedExamples(result) }));
  return suites.map((suite) => ({ name: suite.name, title: suite.title, score: suiteScore(suite, judged) }));
}

interface TaskScoring {
  /** those that were scored completely */
  readonly patterns: PatternQuestions[];
  readonly scored: Map<string, JournalEntry>;
  readonly samples: (readonly Sample[])[];
  /** why the list is incomplete; undefined if it is complete or the run was stopped */
  error?: unknown;
}

async function scoreTask<P extends PreparedQuestion>(
  model: Pick<Model<P>, "reader" | "engine">,
  jobs: Jobs<P>,
  ready: ReadyTask,
  options: EvaluateOptions,
): Promise<TaskScoring> {
  const { task } = ready;
  const scoring: TaskScoring = { patterns: [], scored: new Map(), samples: [] };
  const { onScored, onEvent } = options;
  try {
    for (const pattern of ready.patterns) {
      if (options.signal?.aborted) break;
      onEvent?.({ type: "pattern", task, pattern: pattern.id, examples: ready.dataset.examples.length });
      const { questions, scored } = await scorePattern(
        model,
        jobs,
        { ready, pattern },
        {
          ...options,
          ...getQuestionOptions(options),
          onScored: onScored && ((entries) => runCallback(onScored(entries))),
          onProgress: (progress) => onEvent?.({ type: "progress", task, pattern: pattern.id, progress }),
        },
      );
      const skipped = questions.flatMap(({ id }) => {
        const reason = scored.get(id)?.skipped;
        return reason === undefined ? [] : { id, reason };
      });
      const { examples } = ready.dataset;
      if (skipped.length > 0)
        onEvent?.({ type: "skipped", task, pattern: pattern.id, examples: examples.length, skipped });
      await runCallback(options.onQuestions?.(task, questions));
      for (const [id, entry] of scored) scoring.scored.set(id, entry);
      scoring.patterns.push({ pattern: makePatternRecord(pattern), questions });
    }
  } catch (cause) {
    if (cause instanceof CallbackError) throw cause;
    // Catch everything, including bugs in this program: the results of the other tasks must not be lost.
    if (!options.signal?.aborted) scoring.error = cause;
  }
  return scoring;
}

function getQuestionOptions({ fewshot, onError, conventions: { calibration } }: EvaluateOptions) {
  return { fewshot, onError, calibration: calibration === "none" ? undefined : calibration };
}

/** An error of one of the caller's functions: if scores cannot be saved, there is no point in continuing. */
class CallbackError extends Error {}

async function runCallback(call: Promise<void> | undefined): Promise<void> {
  try {
    await call;
  } catch (cause) {
    throw new CallbackError("the scores cannot be saved", { cause });
  }
}
