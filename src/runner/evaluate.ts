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
import type { AskedPattern } from "./judge/judge-task.js";
import { judgeTask, notScored } from "./judge/judge-task.js";
import { limitedBy } from "./judge/limited-by.js";
import type { JournalEntry, ScoredQuestions } from "./record/journal.js";
import type { QuestionRecord } from "./record/question.js";
import { judgedTask, patternRecord } from "./record/task-record.js";
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

/** How a model is evaluated, and who hears of it. */
export interface EvaluateOptions extends PlanOptions, PrepareOptions {
  readonly conventions: Conventions;
  /** the model's name in samples; "model" unless given */
  readonly model?: string | undefined;
  /** the tasks as `prepareTasks` gave them for these options; made ready now unless given */
  readonly prepared?: readonly PreparedTask[] | undefined;
  /** the suites whose score is wanted */
  readonly suites?: readonly Suite[] | undefined;
  /** what was scored before with the same model and options: it is not asked again, and the results are the same */
  readonly scored?: ScoredQuestions | undefined;
  /** the model's scores that are known: what is in it is not asked, and what is scored is put into it */
  readonly cache?: ScoreCache | undefined;
  readonly onEvent?: ((event: EvaluateEvent) => void) | undefined;
  /** keeps what was scored; called after each batch, before it counts. What it throws ends the run. */
  readonly onScored?: ((entries: readonly JournalEntry[]) => Promise<void>) | undefined;
  /** called with each pattern's questions once they are scored; what it throws ends the run */
  readonly onQuestions?: ((task: Task, questions: readonly QuestionRecord[]) => Promise<void>) | undefined;
  /** called with each pattern's samples; what it throws ends the run */
  readonly onSamples?: ((task: Task, samples: readonly Sample[]) => Promise<void>) | undefined;
}

/** What a model came to on some tasks. */
export interface Evaluation {
  readonly tasks: readonly TaskResult[];
  /** one for each task and pattern that is done, in their order */
  readonly judged: readonly Judged[];
  /** the score of each suite that was asked for; null unless all its tasks ran, with one pattern each */
  readonly suites: readonly SuiteResult[];
  /** the data files that were read, with their sha256 */
  readonly data: readonly DataRecord[];
  /** tasks that the model could not be asked, and why */
  readonly failures: readonly { readonly task: string; readonly message: string }[];
  /** the first error of a task that failed */
  readonly error?: unknown;
  readonly interrupted: boolean;
}

/**
 * Asks a model every question of some tasks and judges the answers: `scorePattern` and `judgeTask` in turn. A task whose
 * data is not there is missing, one that cannot be asked or judged has failed, and the others are evaluated all the same.
 * @throws GlmEvalError (usage) where a task lacks one of the patterns; what `onScored`, `onQuestions` and `onSamples`
 *   throw
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
    throw error instanceof NotKept ? error.cause : error;
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
  const jobs = new Jobs(model, prepared, askingOf(options));
  for (const ready of prepared) {
    if (options.signal?.aborted) break;
    const { task } = ready;
    if (ready.status !== "ready") {
      error ??= ready.error;
      add(notScored(task, ready.status, ready.message));
      continue;
    }
    const scoring = await scoreTask(model, jobs, ready, options);
    const judgement = judgeTask(judgedTask(task), scoring.patterns, scoring.scored, {
      conventions: options.conventions,
      family: model.reader.family,
      fewshot: options.fewshot?.count,
      limited: limitedBy(options, ready.dataset),
      model: options.model ?? "model",
      isWhole: scoring.patterns.length === ready.patterns.length,
      onSamples: (samples) => scoring.samples.push(samples),
    });
    for (const samples of scoring.samples) await kept(options.onSamples?.(task, samples));
    judged.push(...judgement.judged);
    for (const result of judgement.results) add(result);
    error ??= scoring.error ?? judgement.error;
    if (scoring.error === undefined) continue;
    const message = explain(scoring.error);
    failures.push({ task: task.name, message });
    if (judgement.error === undefined) add(notScored(task, "failed", message));
  }
  jobs.stop();
  const done = results.filter(({ status }) => status === "done");
  return {
    tasks: results,
    judged,
    suites: suiteResults(options.suites ?? [], done),
    data: listDataRecords(prepared, options.split),
    failures,
    ...(error !== undefined && { error }),
    interrupted: options.signal?.aborted ?? false,
  };
}

/** The suites' scores; null where a task is missing, or was asked by several patterns. */
export function suiteResults(
  suites: readonly (Parameters<typeof suiteScore>[0] & { readonly name: string; readonly title: string })[],
  done: readonly TaskResult[],
): SuiteResult[] {
  const judged = done.map((result) => ({ ...result, examples: countJudgedExamples(result) }));
  return suites.map((suite) => ({ name: suite.name, title: suite.title, score: suiteScore(suite, judged) }));
}

interface TaskScoring {
  /** those that were scored whole */
  readonly patterns: AskedPattern[];
  readonly scored: Map<string, JournalEntry>;
  readonly samples: (readonly Sample[])[];
  /** why there are not more; undefined where all are there, or the run was stopped */
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
          ...askingOf(options),
          onScored: onScored && ((entries) => kept(onScored(entries))),
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
      await kept(options.onQuestions?.(task, questions));
      for (const [id, entry] of scored) scoring.scored.set(id, entry);
      scoring.patterns.push({ pattern: patternRecord(pattern), questions });
    }
  } catch (cause) {
    if (cause instanceof NotKept) throw cause;
    // Whatever it is, also a defect of this program: what the other tasks gave is not lost by it.
    if (!options.signal?.aborted) scoring.error = cause;
  }
  return scoring;
}

function askingOf({ fewshot, onError, conventions: { calibration } }: EvaluateOptions) {
  return { fewshot, onError, calibration: calibration === "none" ? undefined : calibration };
}

/** An error of the caller's own functions: where what was scored cannot be kept, going on is of no use. */
class NotKept extends Error {}

async function kept(keeping: Promise<void> | undefined): Promise<void> {
  try {
    await keeping;
  } catch (cause) {
    throw new NotKept("what was scored cannot be kept", { cause });
  }
}
