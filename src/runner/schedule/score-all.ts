import type { Engine, PreparedQuestion } from "../../scoring/index.js";
import { KnownScores } from "./known-scores.js";
import { type Item, PendingQuestion, type ScoredEntry } from "./pending-question.js";
import { getRowCost, type PlanOptions, plan } from "./plan.js";
import type { PrepareAhead, Ready } from "./prepare-ahead.js";
import type { ScoreCache } from "./score-cache/index.js";
import { TimeLeft } from "./time-left.js";

export interface ScoreAllOptions extends PlanOptions {
  /** questions scored before, with the same model and options: they are not scored again */
  readonly scored?: ReadonlyMap<string, ScoredEntry> | undefined;
  /** the model's known scores, from earlier runs and this one: nothing is scored twice */
  readonly cache?: ScoreCache | undefined;
  /** called after each batch with the questions that it completed, one call after the other */
  readonly onScored?: ((entries: readonly ScoredEntry[]) => Promise<void> | void) | undefined;
  readonly onProgress?: ((progress: ScoreProgress) => void) | undefined;
  /** called when all questions are tokenized and the last of them are being scored: the next ones can be prepared */
  readonly onLastWindow?: (() => void) | undefined;
  /** stops after the batches in flight */
  readonly signal?: AbortSignal | undefined;
}

/** The progress of scoring. */
export interface ScoreProgress {
  readonly questions: number;
  readonly totalQuestions: number;
  /** undefined until there is enough data for an estimate */
  readonly secondsLeft: number | undefined;
}

type Batch<P extends PreparedQuestion> = readonly (readonly Item<P>[])[];

/** Number of batches that a device has at a time: one that it computes and one that waits, so that it is never idle. */
const AHEAD = 2;

/**
 * Plans and scores questions, in the fastest order, and returns every question's scores in the order given (undefined for
 * one that was not reached when `signal` stopped the run).
 *
 * The other questions in a batch affect the last digits of a question's scores. So the plan of a window covers all its
 * questions, including those that an earlier process of the run scored, and a batch is computed as planned or, if none of
 * it is needed, not at all: scores are bitwise the same regardless of how often a run was stopped. Questions that the
 * cache knew at the start of the run, or that occurred earlier in the run, are in no plan (see `KnownScores`).
 */
export async function scoreAll<P extends PreparedQuestion>(
  engine: Engine<P>,
  asked: PrepareAhead<P>,
  options: ScoreAllOptions,
): Promise<(ScoredEntry | undefined)[]> {
  const scoring = new Scoring(engine, asked.count, options);
  const isStopped = (): boolean => options.signal?.aborted ?? false;
  try {
    for (let window = await asked.next(); window && !isStopped(); window = await asked.next()) {
      if (asked.isTaken) options.onLastWindow?.();
      for (const batch of await scoring.planBatches(window)) {
        if (isStopped()) break;
        asked.check();
        await scoring.deal(batch);
      }
    }
    if (!isStopped()) asked.check();
  } finally {
    asked.stop();
    // Batches in flight are kept in any case.
    await scoring.settled();
  }
  scoring.check();
  return scoring.results;
}

class Scoring<P extends PreparedQuestion> {
  readonly results: (ScoredEntry | undefined)[];
  readonly #engine: Engine<P>;
  readonly #options: ScoreAllOptions;
  readonly #known: KnownScores<P> | undefined;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #timeLeft: TimeLeft;
  #keeping: Promise<void> = Promise.resolve();
  #failed: { readonly error: unknown } | undefined;
  #planned = 0;
  #done = 0;

  constructor(engine: Engine<P>, count: number, options: ScoreAllOptions) {
    this.#engine = engine;
    this.#options = options;
    this.#known = options.cache && new KnownScores(options.cache);
    this.results = new Array<undefined>(count).fill(undefined);
    this.#timeLeft = new TimeLeft(count);
  }

  /** Returns the batches of a window with something to compute; known scores are stored first. */
  async planBatches(window: readonly Ready<P>[]): Promise<Batch<P>[]> {
    const owners = window.map((ready) => this.#makeOwner(ready));
    const items = owners.flatMap((owner) => owner.items);
    const found = new Set(owners.filter((owner) => owner.items.length === 0));
    const asked = this.#known ? await this.#known.takeNew(items, ({ owner }) => found.add(owner)) : items;
    await this.#keep([...found]);

    this.#timeLeft.known(window.length, this.#getCost(asked));
    const lengths = asked.map(({ length }) => length);
    const batches = plan(lengths, this.#options, this.#engine).map((batch) =>
      batch.map((row) => row.map((k) => asked[k]!)),
    );
    return batches.filter((rows) => {
      const isWanted = rows.flat().some(({ owner }) => !owner.isScored);
      if (!isWanted) this.#timeLeft.spared(this.#getCost(rows.flat()));
      return isWanted;
    });
  }

  #makeOwner(ready: Ready<P>): PendingQuestion<P> {
    const index = this.#planned++;
    const entry = this.#options.scored?.get(ready.question.id);
    const owner = new PendingQuestion(index, ready, entry);
    if (entry) {
      this.results[index] = entry;
      this.#done++;
    }
    return owner;
  }

  /** Submits a batch as soon as a device has room for it. @throws the error of an earlier batch */
  async deal(rows: Batch<P>): Promise<void> {
    // Read each time: a device may stop while others continue.
    while (this.#inFlight.size >= AHEAD * (this.#engine.lanes ?? 1)) await Promise.race(this.#inFlight);
    this.check();
    // Stopped while waiting.
    if (this.#options.signal?.aborted) return;
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

  async #score(rows: Batch<P>): Promise<void> {
    const prepared = rows.map((row) => row.map((item) => item.prepared));
    const scored = await this.#engine.score(prepared, { maxBatchTokens: this.#options.maxBatchTokens });
    const filed: Item<P>[] = [];
    rows.forEach((row, r) => {
      row.forEach((item, k) => {
        if (item.owner.isScored) return;
        item.owner.file(item.part, scored[r]![k]!);
        filed.push(item);
      });
    });
    const twins = this.#known ? await this.#known.put(filed) : [];
    this.#timeLeft.computed(this.#getCost(rows.flat()));
    await this.#keep([...filed, ...twins].map(({ owner }) => owner));
  }

  /** Journals those of these questions that are complete, before they are counted. */
  async #keep(owners: readonly PendingQuestion<P>[]): Promise<void> {
    if (owners.length === 0) return;
    const entries = owners.flatMap((owner) => {
      const entry = owner.takeEntry();
      if (entry) this.results[owner.index] = entry;
      return entry ?? [];
    });
    const { onScored, onProgress } = this.#options;
    // One after the other, regardless of which device finishes first.
    this.#keeping = this.#keeping.then(() => onScored?.(entries));
    await this.#keeping;
    this.#done += entries.length;
    onProgress?.({
      questions: this.#done,
      totalQuestions: this.results.length,
      secondsLeft: this.#timeLeft.seconds(),
    });
  }

  #getCost(items: readonly Item<P>[]): number {
    const { attentionWidth } = this.#engine;
    return items.reduce((sum, { length }) => sum + getRowCost(length, attentionWidth), 0);
  }
}
