import { GlmEvalError } from "../../errors.js";
import type { ClozeQuestion } from "../../patterns/index.js";
import type { Model, PreparedQuestion } from "../../scoring/index.js";
import type { JournalEntry, ScoredQuestions } from "../record/journal.js";
import { makeQuestionRecord, type QuestionRecord } from "../record/question.js";
import type { ScoredEntry } from "../schedule/pending-question.js";
import type { PlanOptions } from "../schedule/plan.js";
import { PrepareAhead, type Preparer } from "../schedule/prepare-ahead.js";
import { type ScoreProgress, scoreAll } from "../schedule/score-all.js";
import type { ScoreCache } from "../schedule/score-cache/index.js";
import { type Job, type Jobs, makeCalibratingQuestions, type QuestionOptions } from "./jobs.js";

export interface ScorePatternOptions extends PlanOptions, QuestionOptions {
  /** questions already scored with the same model and options: they are not scored again */
  readonly scored?: ScoredQuestions | undefined;
  /** the model's known scores: questions in it are not scored again, and new scores are added to it */
  readonly cache?: ScoreCache | undefined;
  /** saves new scores; called after each batch, before it counts as scored */
  readonly onScored?: ((entries: readonly JournalEntry[]) => Promise<void>) | undefined;
  readonly onProgress?: ((progress: ScoreProgress) => void) | undefined;
  /** stops after the batches in flight */
  readonly signal?: AbortSignal | undefined;
}

/** A pattern's questions, and one model's scores of them and of their calibration questions. */
export interface ScoredPattern {
  readonly questions: readonly QuestionRecord[];
  readonly scored: ScoredQuestions;
}

/**
 * Scores all questions of one pattern with a model, and then those that calibrate them: they have a separate plan, so that
 * calibration does not change a single digit of the other scores.
 * @throws GlmEvalError (model) if `signal` stopped it before the end; (data) if no example can be scored
 */
export async function scorePattern<P extends PreparedQuestion>(
  model: Pick<Model<P>, "reader" | "engine">,
  jobs: Jobs<P>,
  job: Job,
  options: ScorePatternOptions,
): Promise<ScoredPattern> {
  const addTokens = makeTokenWriter(model.reader);
  const { onScored, signal } = options;
  const settings = {
    ...options,
    onScored: onScored && ((entries: readonly ScoredEntry[]) => onScored(entries.map(addTokens))),
  };
  const { ahead, shown } = jobs.start(job);
  const entries = await scoreAll(model.engine, ahead, {
    ...settings,
    onLastWindow: () => jobs.startNext(job),
  });
  if (entries.includes(undefined)) throw new GlmEvalError("interrupted", "interrupted");
  if (entries.length > 0 && entries.every((entry) => entry?.skipped !== undefined))
    throw new GlmEvalError("no-example-scored", `none of the examples can be scored: ${entries[0]!.skipped}`);
  const calibrating = makeCalibratingQuestions(job, shown, options, (k) => entries[k]!.skipped !== undefined);
  const scored = new Map(entries.map((entry) => [entry!.id, addTokens(entry!)]));
  if (calibrating) {
    const more = await scoreAll(model.engine, prepareAhead(model, calibrating.questions), settings);
    if (more.includes(undefined) || signal?.aborted) throw new GlmEvalError("interrupted", "interrupted");
    for (const entry of more) scored.set(entry!.id, addTokens(entry!));
  }
  const { pattern, ready } = job;
  const questions = ahead.questions.map((question, k) =>
    makeQuestionRecord(pattern, {
      example: ready.dataset.examples[k]!,
      question,
      shown: shown[k]?.ids,
      calibration: calibrating?.ids[k],
    }),
  );
  return { questions, scored };
}

function prepareAhead<P extends PreparedQuestion>(
  model: Preparer<P>,
  questions: readonly ClozeQuestion[],
): PrepareAhead<P> {
  return new PrepareAhead(model, { count: questions.length, question: (k) => questions[k]! });
}

/** Returns a function that adds the text of the tokens to an entry's answers: reading the journal needs no tokenizer. */
function makeTokenWriter({ token }: Pick<Model["reader"], "token">): (entry: ScoredEntry) => JournalEntry {
  return (entry) => ({
    ...entry,
    answers: entry.answers.map(({ tokenIds, tokens = tokenIds.map(token), ...scores }) => ({
      tokenIds,
      tokens,
      ...scores,
    })),
  });
}
