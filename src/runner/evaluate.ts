import { explain, GlmEvalError, nearest } from "../errors.js";
import { computeMetric, findMetric, metricNames, type Prediction, superglueScore } from "../metrics/index.js";
import type { ClozeQuestion, RenderedPattern } from "../patterns/index.js";
import type { TaskResult } from "../report/index.js";
import type { AnswerScore, Closing, PreparedQuestion, Scorer } from "../scoring/index.js";
import type { Example, Task, TaskPattern } from "../tasks/index.js";
import type { Judged } from "./compare.js";
import { type Conventions, scoreRule } from "./conventions.js";
import { type Decided, decide } from "./decide.js";
import type { JournalEntry } from "./journal.js";
import type { PlanOptions } from "./plan.js";
import { type ScoreProgress, scoreAll } from "./score-all.js";

/** What happens during a run, for progress displays. */
export type RunEvent =
  | { readonly type: "task"; readonly task: Task; readonly pattern: string; readonly examples: number }
  | { readonly type: "progress"; readonly task: Task; readonly progress: ScoreProgress }
  | { readonly type: "result"; readonly result: TaskResult };

/** One scored example with everything that was made of it: a line of samples/<task>.jsonl. */
export interface Sample {
  readonly id: string;
  readonly pattern: string;
  readonly text: string;
  readonly answers: readonly SampleAnswer[];
  readonly predicted: string;
  readonly label?: string;
  readonly gold?: readonly string[];
  readonly tie: boolean;
  /** tokens cut from the text to make it fit */
  readonly cut: number;
}

export interface SampleAnswer {
  readonly answer: string;
  readonly label?: string;
  readonly score: number;
  readonly tokenIds: readonly number[];
  readonly tokenLogProbs: readonly number[];
  readonly closing: Closing;
}

export interface EvaluateOptions extends PlanOptions {
  readonly conventions: Conventions;
  /** folder of the data sets, by the official names: "<root>/BoolQ/val.jsonl" */
  readonly dataRoot: string;
  readonly split?: string;
  /** at most this many examples of each task, from the start of its file */
  readonly limit?: number;
  /** ids of patterns; each task's published default unless given; "all" for every one */
  readonly patterns?: readonly string[] | "all";
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
  /** keeps what was scored; called after each batch, before it counts */
  readonly onScored?: (entries: readonly JournalEntry[]) => Promise<void>;
  readonly onSamples?: (task: Task, samples: readonly Sample[]) => Promise<void>;
}

export interface Evaluation {
  readonly tasks: readonly TaskResult[];
  /** one for each task and pattern that is done, in their order */
  readonly judged: readonly Judged[];
  /** mean over the eight SuperGLUE tasks; null unless all eight ran with one pattern each */
  readonly superglueScore: number | null;
  /** the data files that were read, with their sha256 */
  readonly data: readonly { task: string; file: string; sha256: string; examples: number }[];
  /** the first error of a task that failed */
  readonly error?: unknown;
  readonly interrupted: boolean;
}

/**
 * Asks a model every question of some tasks and judges the answers. A task whose data is not there is told as missing,
 * one that fails as failed, and the others go on.
 * @throws GlmEvalError("usage") where a task lacks one of the patterns
 */
export async function evaluate<P extends PreparedQuestion>(
  scorer: Scorer<P>,
  tasks: readonly Task[],
  options: EvaluateOptions,
): Promise<Evaluation> {
  const patterns = new Map(tasks.map((task) => [task, choosePatterns(task, options.patterns)]));
  const results: TaskResult[] = [];
  const judged: Judged[] = [];
  const data: { task: string; file: string; sha256: string; examples: number }[] = [];
  let error: unknown;
  const add = (result: TaskResult): void => {
    results.push(result);
    options.onEvent?.({ type: "result", result });
  };
  for (const task of tasks) {
    if (options.signal?.aborted) break;
    const split = options.split ?? "validation";
    const where = { root: options.dataRoot, split };
    if (!task.find(where)) {
      const names = task.dataFiles[split]?.join(" or ") ?? `a ${split} split`;
      add(empty(task, "missing", `${names} is not in ${options.dataRoot}`));
      continue;
    }
    try {
      checkMetrics(task);
      const dataset = await task.load({ ...where, ...(options.limit && { limit: options.limit }) });
      data.push({
        task: task.name,
        file: dataset.file,
        sha256: dataset.hash,
        examples: dataset.examples.length,
      });
      for (const pattern of patterns.get(task)!) {
        if (options.signal?.aborted) break;
        const { result, predictions } = await runPattern(scorer, task, pattern, dataset.examples, options);
        judged.push({ task: task.name, pattern: pattern.id, labels: task.labels, predictions });
        add(result);
      }
    } catch (cause) {
      if (options.signal?.aborted) break;
      // Whatever it is, also a defect of this program: what the other tasks gave is not lost by it.
      error ??= cause;
      add(empty(task, "failed", explain(cause)));
    }
  }
  const done = results.filter(({ status }) => status === "done");
  const onePatternEach = new Set(done.map(({ task }) => task)).size === done.length;
  const score = onePatternEach
    ? superglueScore(done.map(({ task, metrics }) => ({ task, values: metrics.map(({ value }) => value) })))
    : null;
  return {
    tasks: results,
    judged,
    superglueScore: score,
    data,
    ...(error !== undefined && { error }),
    interrupted: options.signal?.aborted ?? false,
  };
}

/** Before anything is scored: a mistyped metric must not cost a run. */
function checkMetrics(task: Task): void {
  for (const name of task.metrics) {
    if (findMetric(name)) continue;
    const meant = nearest(name, metricNames());
    throw new GlmEvalError("data", `${task.file}: no metric is named ${JSON.stringify(name)}`, {
      hint: `${meant ? `Did you mean ${meant}? ` : ""}There are ${metricNames().join(", ")}.`,
    });
  }
}

/**
 * The patterns of a task by their ids; its published default unless told, every one for "all".
 * @throws GlmEvalError("usage") naming the nearest pattern
 */
export function choosePatterns(task: Task, wanted: EvaluateOptions["patterns"]): readonly TaskPattern[] {
  if (wanted === "all") return task.patterns;
  const known = task.patterns.map(({ id }) => id);
  return (wanted ?? [task.defaultPattern]).map((id) => {
    const pattern = task.patterns.find((p) => p.id === id);
    if (pattern) return pattern;
    const near = nearest(id, known);
    throw new GlmEvalError("usage", `${task.name} has no pattern ${JSON.stringify(id)}`, {
      hint: `${near === undefined ? "" : `did you mean ${near}? `}Its patterns are: ${known.join(", ")}; or all`,
    });
  });
}

async function runPattern<P extends PreparedQuestion>(
  scorer: Scorer<P>,
  task: Task,
  pattern: TaskPattern,
  examples: readonly Example[],
  options: EvaluateOptions,
): Promise<{ result: TaskResult; predictions: readonly Prediction[] }> {
  options.onEvent?.({ type: "task", task, pattern: pattern.id, examples: examples.length });
  const questions = examples.map((example) => pattern.question(example));
  const { onScored, signal } = options;
  const entries = await scoreAll(scorer, questions, {
    maxBatchTokens: options.maxBatchTokens,
    ...(options.maxRows && { maxRows: options.maxRows }),
    ...(onScored && { onScored }),
    ...(signal && { signal }),
    onProgress: (progress) => options.onEvent?.({ type: "progress", task, progress }),
  });
  if (entries.includes(undefined)) throw new GlmEvalError("model", "interrupted");

  // One rule for all questions of a pattern, so that no example is judged by another measure than its neighbour.
  const answers = entries.flatMap((entry) => entry!.answers);
  const { answerKind = "words" } = questions[0] ?? {};
  const rule = scoreRule(options.conventions, { answerKind, family: scorer.family }, answers, pattern);
  const judged = entries.map((entry, k) => {
    const question = questions[k]!;
    const decided = decide(question, entry!.answers, {
      decision: pattern.decision,
      labels: task.labels,
      rule,
    });
    return { example: examples[k]!, question, entry: entry!, decided };
  });
  await options.onSamples?.(
    task,
    judged.map(({ example, question, entry, decided }) => sample(pattern, example, question, entry, decided)),
  );
  const predictions = judged.map(({ example, decided }) => prediction(example, decided));
  const judgeable = examples.every(({ label, gold }) => label !== undefined || gold !== undefined);
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
    endOfPiece: rule.endOfPiece,
    normalization: rule.normalization,
  };
  return { result, predictions };
}

function empty(task: Task, status: "missing" | "failed", message: string): TaskResult {
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

function prediction(example: Example, { predicted }: Decided): Prediction {
  const { label, gold, group, cluster } = example;
  return {
    exampleId: example.id,
    predicted,
    ...(label !== undefined && { label }),
    ...(gold && { gold }),
    ...(group !== undefined && { group }),
    ...(cluster !== undefined && { cluster }),
  };
}

function sample(
  pattern: TaskPattern,
  example: Example,
  question: ClozeQuestion,
  entry: JournalEntry,
  decided: Decided,
): Sample {
  const texts = question.clozes.flatMap((cloze) => cloze.answers);
  return {
    id: example.id,
    pattern: pattern.id,
    text: question.clozes.map((cloze) => plainText(cloze.pattern)).join("\n"),
    answers: entry.answers.map((answer: AnswerScore, k) => ({
      answer: texts[k]!.text,
      ...(texts[k]!.label !== undefined && { label: texts[k]!.label }),
      score: decided.scores[k]!,
      tokenIds: answer.tokenIds,
      tokenLogProbs: answer.tokenLogProbs,
      closing: answer.closing,
    })),
    predicted: decided.predicted,
    ...(example.label !== undefined && { label: example.label }),
    ...(example.gold && { gold: example.gold }),
    tie: decided.tie,
    cut: entry.cut,
  };
}

/** A rendered pattern as one reads it. */
function plainText(pattern: RenderedPattern): string {
  return pattern.parts
    .map((part) =>
      part.kind === "text"
        ? part.text
        : part.kind === "blank"
          ? `${pattern.spaceBeforeBlank ? " " : ""}[MASK]`
          : "",
    )
    .join("");
}
