import { explain } from "../../errors.js";
import type { Judged, Sample, TaskResult } from "../../results/index.js";
import type { ScoredQuestions } from "../record/journal.js";
import type { QuestionRecord } from "../record/question.js";
import type { PatternRecord } from "../record/run-record.js";
import { ensembleOf } from "./ensemble.js";
import { CalibrationMissing, type JudgeOptions, judgePattern } from "./judge-pattern.js";
import type { JudgedTask, PatternRun } from "./judged-task.js";
import { sampleOf } from "./samples.js";

/** One pattern's questions, in the order of the data. */
export interface AskedPattern {
  readonly pattern: PatternRecord;
  readonly questions: readonly QuestionRecord[];
}

/** What a task came to. */
export interface TaskJudgement {
  /** one for each pattern, then the ensemble's where there is one */
  readonly results: readonly TaskResult[];
  readonly judged: readonly Judged[];
  readonly error?: unknown;
}

/**
 * Judges one model's scores of a task: every pattern, and the ensemble of them. It needs no model.
 * @param isWhole whether all patterns that were asked for are there, so that their ensemble says something
 * @param onSamples gets each pattern's samples
 * @throws CalibrationMissing; anything else that goes wrong is the task's result
 */
export function judgeTask(
  task: JudgedTask,
  patterns: Iterable<AskedPattern>,
  scored: ScoredQuestions,
  options: JudgeOptions & {
    /** the model's name in the run */
    readonly model: string;
    readonly isWhole: boolean;
    readonly onSamples?: ((samples: readonly Sample[]) => void) | undefined;
  },
): TaskJudgement {
  const results: TaskResult[] = [];
  const judged: Judged[] = [];
  const keep = ({ result, predictions }: Pick<PatternRun, "result" | "predictions">): void => {
    results.push(result);
    const ownMetrics = task.metrics.filter((metric) => typeof metric !== "string");
    judged.push({ task: task.name, pattern: result.pattern, labels: task.labels, predictions, ownMetrics });
  };
  try {
    const runs: PatternRun[] = [];
    for (const { pattern, questions } of patterns) {
      const run = judgePattern(task, pattern, questions, scored, options);
      options.onSamples?.(run.judged.map((example) => sampleOf(options.model, example)));
      runs.push(run);
      keep(run);
    }
    const ensemble = options.isWhole ? ensembleOf(task, runs) : undefined;
    if (ensemble) keep(ensemble);
    return { results, judged };
  } catch (error) {
    if (error instanceof CalibrationMissing) throw error;
    // Whatever it is, also a defect of this program: what the other patterns gave is kept.
    return { results: [...results, notScored(task, "failed", explain(error))], judged, error };
  }
}

/** The result of a task of which nothing could be judged. */
export function notScored(
  task: Pick<JudgedTask, "name" | "title" | "defaultPattern">,
  status: "missing" | "failed",
  message: string,
): TaskResult {
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
