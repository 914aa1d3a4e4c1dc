import type { ClozeQuestion } from "../patterns/index.js";
import type { AnswerScore, PreparedQuestion, Scorer } from "../scoring/index.js";
import type { JournalEntry, ScoredQuestions } from "./journal.js";
import { type PlanOptions, plan, rowCost } from "./plan.js";
import type { PrepareAhead, Ready } from "./prepare-ahead.js";
import { TimeLeft } from "./time-left.js";

export interface ScoreAllOptions extends PlanOptions {
  /** questions that were scored before, with the same model and options: they are not asked again */
  readonly scored?: ScoredQuestions;
  /** called after each batch with the questions that it completed, one call after the other */
  readonly onScored?: (entries: readonly JournalEntry[]) => Promise<void> | void;
  readonly onProgress?: (progress: ScoreProgress) => void;
  /** called once all questions are tokenised and the last of them are being scored: what comes next may be got ready */
  readonly onLastWindow?: () => void;
  /** stops after the batches in flight */
  readonly signal?: AbortSignal;
}

export interface ScoreProgress {
  readonly questions: number;
  readonly totalQuestions: number;
  /** undefined until there is something to judge by */
  readonly secondsLeft: number | undefined;
}

/** A question on its way: its answers come in parts. */
interface Asked {
  readonly index: number;
  readonly question: ClozeQuestion;
  readonly answers: (readonly AnswerScore[])[];
  waiting: number;
  readonly cut: number;
  readonly shotsDropped: number;
}

interface Item<P> {
  readonly prepared: P;
  readonly owner: Asked;
  readonly part: number;
}

/** Batches that a device has at a time: one it computes and one that waits, so that it never does. */
const AHEAD = 2;

/**
 * Plans and scores questions, in whatever order is fastest, and gives every question's scores in the order asked
 * (undefined for one that was not reached when `signal` stopped the run).
 *
 * What is beside a question in its batch moves the last digits of its scores. So a window's plan is made over all its
 * questions, those that were scored before too, and a batch is computed as planned or, where nothing of it is wanted, not
 * at all: scores are the same to the last bit however often a run was stopped.
 */
export async function scoreAll<P extends PreparedQuestion>(
  scorer: Scorer<P>,
  asked: PrepareAhead<P>,
  options: ScoreAllOptions,
): Promise<(JournalEntry | undefined)[]> {
  const scoring = new Scoring(scorer, asked.count, options);
  try {
    for (let window = await asked.next(); window !== undefined; window = await asked.next()) {
      if (asked.isTaken) options.onLastWindow?.();
      for (const batch of scoring.batchesOf(window)) {
        if (options.signal?.aborted) break;
        asked.check();
        await scoring.deal(batch);
      }
      if (options.signal?.aborted) break;
    }
    asked.check();
  } finally {
    asked.stop();
    // What is in flight is kept, however this ends.
    await scoring.settled();
  }
  scoring.check();
  return scoring.results;
}

class Scoring<P extends PreparedQuestion> {
  readonly results: (JournalEntry | undefined)[];
  readonly #scorer: Scorer<P>;
  readonly #options: ScoreAllOptions;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #timeLeft: TimeLeft;
  #keeping: Promise<void> = Promise.resolve();
  #failed: { readonly error: unknown } | undefined;
  #planned = 0;
  #done = 0;

  constructor(scorer: Scorer<P>, count: number, options: ScoreAllOptions) {
    this.#scorer = scorer;
    this.#options = options;
    this.results = new Array<undefined>(count).fill(undefined);
    this.#timeLeft = new TimeLeft(count);
  }

  /** The batches of a window in which something is still wanted. */
  *batchesOf(window: readonly Ready<P>[]): Iterable<readonly (readonly Item<P>[])[]> {
    const items = window.flatMap((ready) => this.#itemsOf(ready));
    this.#timeLeft.known(window.length, costOf(items, this.#scorer));
    const { packs: pack, attentionWidth } = this.#scorer;
    const lengths = items.map(({ prepared }) => prepared.length);
    const packing = { pack, ...(attentionWidth && { attentionWidth }) };
    for (const batch of plan(lengths, { ...this.#options, ...packing })) {
      const rows = batch.map((row) => row.map((item) => items[item]!));
      if (rows.flat().some(({ owner }) => this.results[owner.index] === undefined)) yield rows;
      else this.#timeLeft.spared(costOf(rows.flat(), this.#scorer));
    }
  }

  #itemsOf({ question, prepared }: Ready<P>): Item<P>[] {
    const owner: Asked = {
      index: this.#planned++,
      question,
      answers: [],
      waiting: prepared.length,
      cut: Math.max(0, ...prepared.map(({ cut }) => cut)),
      shotsDropped: Math.max(0, ...prepared.map((p) => p.shotsDropped ?? 0)),
    };
    const before = this.#options.scored?.get(question.id);
    if (before) {
      this.results[owner.index] = before;
      this.#done++;
    }
    return prepared.map((p, part) => ({ prepared: p, owner, part }));
  }

  /** Sends a batch off as soon as a device has room for it. @throws what went wrong with an earlier one */
  async deal(rows: readonly (readonly Item<P>[])[]): Promise<void> {
    while (this.#inFlight.size >= AHEAD * (this.#scorer.lanes ?? 1)) await Promise.race(this.#inFlight);
    this.check();
    this.#timeLeft.begin();
    const batch: Promise<void> = this.#score(rows)
      .catch((error) => {
        this.#failed ??= { error };
      })
      .finally(() => this.#inFlight.delete(batch));
    this.#inFlight.add(batch);
  }

  async settled(): Promise<void> {
    await Promise.all(this.#inFlight);
  }

  check(): void {
    if (this.#failed) throw this.#failed.error;
  }

  async #score(rows: readonly (readonly Item<P>[])[]): Promise<void> {
    const { maxBatchTokens: passTokens, onScored, onProgress } = this.#options;
    const prepared = rows.map((row) => row.map((item) => item.prepared));
    const scored = await this.#scorer.score(prepared, { passTokens });
    const entries: JournalEntry[] = [];
    rows.forEach((row, r) => {
      row.forEach(({ owner, part }, k) => {
        if (this.results[owner.index] !== undefined) return;
        owner.answers[part] = scored[r]![k]!;
        if (--owner.waiting > 0) return;
        const entry = entryOf(owner);
        this.results[owner.index] = entry;
        entries.push(entry);
      });
    });
    // One after the other, whichever device is done first.
    this.#keeping = this.#keeping.then(() => onScored?.(entries));
    await this.#keeping;
    this.#done += entries.length;
    this.#timeLeft.computed(costOf(rows.flat(), this.#scorer));
    onProgress?.({
      questions: this.#done,
      totalQuestions: this.results.length,
      secondsLeft: this.#timeLeft.seconds(),
    });
  }
}

function entryOf({ question, answers, cut, shotsDropped }: Asked): JournalEntry {
  return { id: question.id, answers: answers.flat(), cut, ...(shotsDropped > 0 && { shotsDropped }) };
}

function costOf(
  items: readonly Item<PreparedQuestion>[],
  { attentionWidth }: Pick<Scorer, "attentionWidth">,
): number {
  return items.reduce((sum, { prepared }) => sum + rowCost(prepared.length, attentionWidth), 0);
}
