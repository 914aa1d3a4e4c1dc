import { explain, GlmEvalError } from "../errors.js";
import { computeMetric, suiteScore } from "../metrics/index.js";
import type { ClozeQuestion } from "../patterns/index.js";
import type { Judged, SuiteResult, TaskResult } from "../results/index.js";
import type { Model, PreparedQuestion } from "../scoring/index.js";
import type { Suite, Task } from "../tasks/index.js";
import { type Conventions, scoreRule } from "./judge/conventions.js";
import { decide } from "./judge/decide.js";
import { ensembleOf, type PatternRun } from "./judge/ensemble.js";
import { predictionOf, type Sample, sampleOf } from "./judge/samples.js";
import type { JournalEntry, ScoredQuestions } from "./record/journal.js";
import type { PlanOptions } from "./schedule/plan.js";
import { type ScoreProgress, scoreAll } from "./schedule/score-all.js";
import type { ScoreCache } from "./schedule/score-cache/index.js";
import { type Job, Jobs } from "./score/jobs.js";
import {
  type DataRecord,
  dataRecords,
  type PreparedTask,
  type PrepareOptions,
  prepareTasks,
} from "./score/prepare-tasks.js";

/** What happens during a run, for progress displays. */
export type RunEvent =
  | { readonly type: "task"; readonly task: Task; readonly pattern: string; readonly examples: number }
  | { readonly type: "progress"; readonly task: Task; readonly progress: ScoreProgress }
  | { readonly type: "result"; readonly result: TaskResult };

export interface EvaluateOptions extends PlanOptions, PrepareOptions {
  readonly conventions: Conventions;
  /** the tasks as `prepareTasks` gave them for these options; made ready now unless given */
  readonly prepared?: readonly PreparedTask[];
  /** the suites whose score is wanted */
  readonly suites?: readonly Suite[];
  /** what was scored before with the same model and options: it is not asked again, and the results are the same */
  readonly scored?: ScoredQuestions;
  /** the model's scores that are known: what is in it is not asked, and what is scored is put into it */
  readonly cache?: ScoreCache;
  readonly onEvent?: (event: RunEvent) => void;
  /** keeps what was scored; called after each batch, before it counts. What it throws ends the run. */
  readonly onScored?: (entries: readonly JournalEntry[]) => Promise<void>;
  /** called with each pattern's samples; what it throws ends the run */
  readonly onSamples?: (task: Task, samples: readonly Sample[]) => Promise<void>;
}

export interface Evaluation {
  readonly tasks: readonly TaskResult[];
  /** one for each task and pattern that is done, in their order */
  readonly judged: readonly Judged[];
  /** the score of each suite that was asked for; null unless all its tasks ran, with one pattern each */
  readonly suites: readonly SuiteResult[];
  /** the data files that were read, with their sha256 */
  readonly data: readonly DataRecord[];
  /** the first error of a task that failed */
  readonly error?: unknown;
  readonly interrupted: boolean;
}

/**
 * Asks a model every question of some tasks and judges the answers. A task whose data is not there is told as missing,
 * one that fails as failed, and the others go on.
 * @throws GlmEvalError("usage") where a task lacks one of the patterns; what `onScored` and `onSamples` throw
 */
export async function evaluate<P extends PreparedQuestion>(
  model: Pick<Model<P>, "reader" | "engine">,
  tasks: readonly Task[],
  options: EvaluateOptions,
): Promise<Evaluation> {
  const prepared = options.prepared ?? (await prepareTasks(tasks, options));
  const keeper = keeperOf(options);
  const results: TaskResult[] = [];
  const judged: Judged[] = [];
  let error: unknown;
  const add = (result: TaskResult): void => {
    results.push(result);
    options.onEvent?.({ type: "result", result });
  };
  const keep = (task: Task, { result, predictions }: Pick<PatternRun, "result" | "predictions">): void => {
    judged.push({ task: task.name, pattern: result.pattern, labels: task.labels, predictions });
    add(result);
  };
  const jobs = new Jobs(model, prepared, options);
  for (const ready of prepared) {
    if (options.signal?.aborted) break;
    const { task } = ready;
    if (ready.status !== "ready") {
      error ??= ready.error;
      add(notScored(task, ready.status, ready.message));
      continue;
    }
    const { patterns } = ready;
    try {
      const runs: PatternRun[] = [];
      for (const pattern of patterns) {
        if (options.signal?.aborted) break;
        const run = await runPattern(model, jobs, { ready, pattern }, { ...options, ...keeper });
        runs.push(run);
        keep(task, run);
      }
      const ensemble = runs.length === patterns.length ? ensembleOf(task, runs) : undefined;
      if (ensemble) keep(task, ensemble);
    } catch (cause) {
      if (cause instanceof NotKept) throw cause.cause;
      if (options.signal?.aborted) break;
      // Whatever it is, also a defect of this program: what the other tasks gave is not lost by it.
      error ??= cause;
      add(notScored(task, "failed", explain(cause)));
    }
  }
  jobs.stop();
  const done = results.filter(({ status }) => status === "done");
  const suites = (options.suites ?? []).map((suite) => ({
    name: suite.name,
    title: suite.title,
    score: suiteScore(suite, done),
  }));
  return {
    tasks: results,
    judged,
    suites,
    data: dataRecords(prepared, options.split),
    ...(error !== undefined && { error }),
    interrupted: options.signal?.aborted ?? false,
  };
}

async function runPattern<P extends PreparedQuestion>(
  model: Pick<Model<P>, "reader" | "engine">,
  jobs: Jobs<P>,
  job: Job,
  options: EvaluateOptions,
): Promise<PatternRun> {
  const { pattern, ready } = job;
  const { task, dataset } = ready;
  const { examples } = dataset;
  options.onEvent?.({ type: "task", task, pattern: pattern.id, examples: examples.length });
  const { cache, onScored, scored, signal } = options;
  const { asked, shown } = jobs.begin(job);
  const entries = await scoreAll(model.engine, asked, {
    maxBatchTokens: options.maxBatchTokens,
    ...(options.maxRows && { maxRows: options.maxRows }),
    ...(onScored && { onScored }),
    ...(scored && { scored }),
    ...(cache && { cache }),
    ...(signal && { signal }),
    onProgress: (progress) => options.onEvent?.({ type: "progress", task, progress }),
    onLastWindow: () => jobs.beginAfter(job),
  });
  const { questions } = asked;
  if (entries.includes(undefined)) throw new GlmEvalError("model", "interrupted");

  // One rule for all questions of a pattern, so that no example is judged by another measure than its neighbour.
  const answers = entries.flatMap((entry) => entry!.answers);
  const { answerKind = "words" } = questions[0] ?? {};
  const rule = scoreRule(options.conventions, { answerKind, family: model.reader.family }, answers, pattern);
  const judged = entries.map((entry, k) => {
    const question = questions[k]!;
    const decided = decide(question, entry!.answers, {
      decision: pattern.decision,
      labels: task.labels,
      prior: task.prior,
      rule,
    });
    return { example: examples[k]!, question, entry: entry!, decided, shown: shown[k]?.ids };
  });
  await options.onSamples?.(
    task,
    judged.map((one) => sampleOf(pattern, one)),
  );
  const predictions = judged.map(predictionOf);
  const judgeable = predictions.every(({ label, gold }) => label !== undefined || gold !== undefined);
  const result: TaskResult = {
    task: task.name,
    title: task.title,
    pattern: pattern.id,
    status: "done",
    examples: examples.length,
    ...(!judgeable && { message: "no gold labels in the data: predictions only (samples/)" }),
    metrics: judgeable
      ? task.metrics.map((name) => computeMetric(name, predictions, { labels: task.labels }))
      : [],
    ties: judged.filter(({ decided }) => decided.tie).length,
    truncated: judged.filter(({ entry }) => entry.cut > 0).length,
    ...(options.fewshot && {
      fewshot: options.fewshot.count,
      shotsDropped: judged.filter(({ entry }) => entry.shotsDropped !== undefined).length,
    }),
    endOfPiece: rule.endOfPiece,
    normalization: rule.normalization,
    ...(questions.some(hasSeveralWords) && { aggregate: rule.aggregate }),
    ...(task.prior && { prior: task.labels.map((label, k) => ({ label, probability: task.prior![k]! })) }),
  };
  return { result, judged, predictions };
}

/** Whether a label has several answers, so that the rule of putting them together says something. */
function hasSeveralWords({ clozes }: ClozeQuestion): boolean {
  const labels = clozes.flatMap(({ answers }) => answers.flatMap(({ label }) => label ?? []));
  return new Set(labels).size < labels.length;
}

/** The result of a task of which no question was scored. */
export function notScored(task: Task, status: "missing" | "failed", message: string): TaskResult {
  return {
    task: task.name,
    title: task.title,
    pattern: task.defaultPattern,
    status,
    message,
    examples: 0,
    metrics: [],
    ties: 0,
    truncated: 0,
    endOfPiece: false,
    normalization: "sum",
  };
}

/** An error of the caller's own functions: where what was scored cannot be kept, it is of no use to go on. */
class NotKept extends Error {}

function keeperOf({ onScored, onSamples }: EvaluateOptions): Pick<EvaluateOptions, "onScored" | "onSamples"> {
  const fail = (cause: unknown): never => {
    throw new NotKept("what was scored cannot be kept", { cause });
  };
  return {
    ...(onScored && { onScored: (entries) => onScored(entries).catch(fail) }),
    ...(onSamples && { onSamples: (task, samples) => onSamples(task, samples).catch(fail) }),
  };
}
