import { GlmEvalError } from "../../errors.js";
import type { ClozeQuestion } from "../../patterns/index.js";
import type { Model, PreparedQuestion } from "../../scoring/index.js";
import type { JournalEntry, ScoredQuestions } from "../record/journal.js";
import { type QuestionRecord, questionRecordOf } from "../record/question.js";
import type { ScoredEntry } from "../schedule/asked.js";
import type { PlanOptions } from "../schedule/plan.js";
import { PrepareAhead, type Preparer } from "../schedule/prepare-ahead.js";
import { type ScoreProgress, scoreAll } from "../schedule/score-all.js";
import type { ScoreCache } from "../schedule/score-cache/index.js";
import { type AskingOptions, calibratingQuestions, type Job, type Jobs } from "./jobs.js";

export interface ScorePatternOptions extends PlanOptions, AskingOptions {
  /** what was scored before with the same model and options: it is not asked again */
  readonly scored?: ScoredQuestions | undefined;
  /** the model's scores that are known: what is in it is not asked, and what is scored is put into it */
  readonly cache?: ScoreCache | undefined;
  /** keeps what was scored; called after each batch, before it counts */
  readonly onScored?: ((entries: readonly JournalEntry[]) => Promise<void>) | undefined;
  readonly onProgress?: ((progress: ScoreProgress) => void) | undefined;
  /** stops after the batches in flight */
  readonly signal?: AbortSignal | undefined;
}

/** A pattern's questions, and what one model said of them and of what calibrates them. */
export interface ScoredPattern {
  readonly questions: readonly QuestionRecord[];
  readonly scored: ScoredQuestions;
}

/**
 * Asks a model all questions of one pattern, and then those that calibrate them: a plan of their own, so that
 * calibration moves no digit of the others' scores.
 * @throws GlmEvalError (model) where `signal` stopped it before the end; (data) where no example can be asked
 */
export async function scorePattern<P extends PreparedQuestion>(
  model: Pick<Model<P>, "reader" | "engine">,
  jobs: Jobs<P>,
  job: Job,
  options: ScorePatternOptions,
): Promise<ScoredPattern> {
  const spell = speller(model.reader);
  const { onScored, signal } = options;
  const settings = {
    ...options,
    onScored: onScored && ((entries: readonly ScoredEntry[]) => onScored(entries.map(spell))),
  };
  const { asked, shown } = jobs.begin(job);
  const entries = await scoreAll(model.engine, asked, {
    ...settings,
    onLastWindow: () => jobs.beginAfter(job),
  });
  if (entries.includes(undefined)) throw new GlmEvalError("interrupted", "interrupted");
  if (entries.length > 0 && entries.every((entry) => entry?.skipped !== undefined))
    throw new GlmEvalError("no-example-asked", `none of the examples can be asked: ${entries[0]!.skipped}`);
  const calibrating = calibratingQuestions(job, shown, options, (k) => entries[k]!.skipped !== undefined);
  const scored = new Map(entries.map((entry) => [entry!.id, spell(entry!)]));
  if (calibrating) {
    const more = await scoreAll(model.engine, aheadOf(model, calibrating.questions), settings);
    if (more.includes(undefined) || signal?.aborted) throw new GlmEvalError("interrupted", "interrupted");
    for (const entry of more) scored.set(entry!.id, spell(entry!));
  }
  const { pattern, ready } = job;
  const questions = asked.questions.map((question, k) =>
    questionRecordOf(pattern, {
      example: ready.dataset.examples[k]!,
      question,
      shown: shown[k]?.ids,
      calibration: calibrating?.ids[k],
    }),
  );
  return { questions, scored };
}

function aheadOf<P extends PreparedQuestion>(
  model: Preparer<P>,
  questions: readonly ClozeQuestion[],
): PrepareAhead<P> {
  return new PrepareAhead(model, { count: questions.length, question: (k) => questions[k]! });
}

/** Spells the tokens of an entry's answers, so that nobody who reads the journal needs the tokenizer. */
function speller({ token }: Pick<Model["reader"], "token">): (entry: ScoredEntry) => JournalEntry {
  return (entry) => ({
    ...entry,
    answers: entry.answers.map(({ tokenIds, tokens = tokenIds.map(token), ...scores }) => ({
      tokenIds,
      tokens,
      ...scores,
    })),
  });
}
