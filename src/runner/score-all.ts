import type { ClozeQuestion } from "../patterns/index.js";
import type { AnswerScore, PreparedQuestion, Scorer } from "../scoring/index.js";
import type { JournalEntry, ScoredQuestions } from "./journal.js";
import { type PlanOptions, plan } from "./plan.js";

export interface ScoreAllOptions<Q> extends PlanOptions {
  /** questions that were scored before, with the same model and options: they are not asked again */
  readonly scored?: ScoredQuestions;
  /** called after each batch with the questions that it completed */
  readonly onScored?: (entries: readonly JournalEntry[]) => Promise<void> | void;
  readonly onProgress?: (progress: ScoreProgress) => void;
  /** told of a question that cannot be asked; without it the error ends the run */
  readonly onRefused?: (question: Q, error: unknown) => void;
  /** stops after the batch in flight */
  readonly signal?: AbortSignal;
}

export interface ScoreProgress {
  readonly questions: number;
  readonly totalQuestions: number;
  /** tokens of text and answers, without padding: what time is proportional to */
  readonly tokens: number;
  readonly totalTokens: number;
}

interface Asked {
  readonly question: ClozeQuestion;
  readonly answers: (readonly AnswerScore[])[];
  waiting: number;
  readonly cut: number;
  readonly shotsDropped: number;
}

/**
 * Tokenises, plans and scores questions, in whatever order is fastest, and gives every question's scores in the
 * order asked (undefined for one that was refused, or not reached when `signal` stopped the run).
 *
 * What is beside a question in its batch moves the last digits of its scores. So the plan is made over all questions,
 * those that were scored before too, and a batch is computed as planned or, where nothing of it is wanted, not at all:
 * scores are the same to the last bit however often a run was stopped.
 */
export async function scoreAll<P extends PreparedQuestion, Q extends ClozeQuestion>(
  scorer: Scorer<P>,
  questions: readonly Q[],
  options: ScoreAllOptions<Q>,
): Promise<(JournalEntry | undefined)[]> {
  const items: { prepared: P; owner: number; part: number }[] = [];
  const asked = questions.map((question, owner): Asked => {
    let prepared: P[] = [];
    try {
      prepared = scorer.prepare(question);
    } catch (error) {
      if (!options.onRefused) throw error;
      options.onRefused(question, error);
    }
    prepared.forEach((p, part) => {
      items.push({ prepared: p, owner, part });
    });
    const cut = Math.max(0, ...prepared.map((p) => p.cut));
    const shotsDropped = Math.max(0, ...prepared.map((p) => p.shotsDropped ?? 0));
    return { question, answers: prepared.map(() => []), waiting: prepared.length, cut, shotsDropped };
  });

  const lengths = items.map(({ prepared }) => prepared.length);
  const totalTokens = lengths.reduce((a, b) => a + b, 0);
  const totalQuestions = asked.filter(({ waiting }) => waiting > 0).length;
  const results = asked.map(({ question }) => options.scored?.get(question.id));
  let done = results.filter((entry) => entry !== undefined).length;
  let tokens = 0;
  for (const batch of plan(lengths, { ...options, pack: scorer.packs })) {
    if (options.signal?.aborted) break;
    const rows = batch.map((row) => row.map((item) => items[item]!));
    if (rows.flat().every(({ owner }) => results[owner] !== undefined)) {
      for (const { prepared } of rows.flat()) tokens += prepared.length;
      continue;
    }
    const scored = await scorer.score(rows.map((row) => row.map(({ prepared }) => prepared)));
    const entries: JournalEntry[] = [];
    rows.forEach((row, r) => {
      row.forEach(({ prepared, owner, part }, k) => {
        tokens += prepared.length;
        if (results[owner] !== undefined) return;
        const of = asked[owner]!;
        of.answers[part] = scored[r]![k]!;
        if (--of.waiting > 0) return;
        done++;
        const { question, cut, shotsDropped } = of;
        const entry = {
          id: question.id,
          answers: of.answers.flat(),
          cut,
          ...(shotsDropped > 0 && { shotsDropped }),
        };
        results[owner] = entry;
        entries.push(entry);
      });
    });
    await options.onScored?.(entries);
    options.onProgress?.({ questions: done, totalQuestions, tokens, totalTokens });
  }
  return results;
}
