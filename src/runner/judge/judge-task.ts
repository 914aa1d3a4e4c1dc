import { explain } from "../../errors.js";
import type { Judged, Sample, TaskResult } from "../../results/index.js";
import type { ScoredQuestions } from "../record/journal.js";
import type { QuestionRecord } from "../record/question.js";
import type { PatternRecord } from "../record/run-record.js";
import { judgeEnsemble } from "./ensemble.js";
import { CalibrationMissing, type JudgeOptions, judgePattern } from "./judge-pattern.js";
import type { JudgedTask, PatternRun } from "./judged-task.js";
import { makeSample } from "./samples.js";

/** One pattern's questions, in the order of the data. */
export interface PatternQuestions {
  readonly pattern: PatternRecord;
  readonly questions: readonly QuestionRecord[];
}

/** The judgement of a task. */
export interface TaskJudgement {
  /** one for each pattern, then the ensemble's if there is one */
  readonly results: readonly TaskResult[];
  readonly judged: readonly Judged[];
  readonly error?: unknown;
}

/**
 * Judges one model's scores of a task: every pattern, and their ensemble. It needs no model.
 * @param options.hasAllPatterns whether all requested patterns are present, so that their ensemble is meaningful
 * @param options.onSamples receives each pattern's samples
 * @throws CalibrationMissing; any other error becomes the task's result
 */
export function judgeTask(
  task: JudgedTask,
  patterns: Iterable<PatternQuestions>,
  scored: ScoredQuestions,
  options: JudgeOptions & {
    /** the model's name in the run */
    readonly model: string;
    readonly hasAllPatterns: boolean;
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
      options.onSamples?.(run.judged.map((example) => makeSample(options.model, example)));
      runs.push(run);
      keep(run);
    }
    const ensemble = options.hasAllPatterns ? judgeEnsemble(task, runs) : undefined;
    if (ensemble) keep(ensemble);
    return { results, judged };
  } catch (error) {
    if (error instanceof CalibrationMissing) throw error;
    // Catch everything, including bugs in this program: the results of the other patterns are kept.
    return { results: [...results, makeUnscoredResult(task, "failed", explain(error))], judged, error };
  }
}

/** Makes the result of a task that could not be scored or judged. */
export function makeUnscoredResult(
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
