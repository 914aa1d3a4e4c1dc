import type { Engine, PreparedQuestion } from "../../scoring/index.js";
import { AskedQuestion, type Item, type ScoredEntry } from "./asked.js";
import { KnownScores } from "./known-scores.js";
import { type PlanOptions, plan, rowCost } from "./plan.js";
import type { PrepareAhead, Ready } from "./prepare-ahead.js";
import type { ScoreCache } from "./score-cache/index.js";
import { TimeLeft } from "./time-left.js";

export interface ScoreAllOptions extends PlanOptions {
  /** questions that were scored before, with the same model and options: they are not asked again */
  readonly scored?: ReadonlyMap<string, ScoredEntry> | undefined;
  /** the model's scores that are known from earlier runs, and from this one: none is asked twice */
  readonly cache?: ScoreCache | undefined;
  /** called after each batch with the questions that it completed, one call after the other */
  readonly onScored?: ((entries: readonly ScoredEntry[]) => Promise<void> | void) | undefined;
  readonly onProgress?: ((progress: ScoreProgress) => void) | undefined;
  /** called once all questions are tokenised and the last of them are being scored: what comes next may be got ready */
  readonly onLastWindow?: (() => void) | undefined;
  /** stops after the batches in flight */
  readonly signal?: AbortSignal | undefined;
}

/** How far scoring is. */
export interface ScoreProgress {
  readonly questions: number;
  readonly totalQuestions: number;
  /** undefined until there is something to judge by */
  readonly secondsLeft: number | undefined;
}

type Batch<P extends PreparedQuestion> = readonly (readonly Item<P>[])[];

/** Batches that a device has at a time: one it computes and one that waits, so that it never does. */
const AHEAD = 2;

/**
 * Plans and scores questions, in whatever order is fastest, and gives every question's scores in the order asked
 * (undefined for one that was not reached when `signal` stopped the run).
 *
 * What is beside a question in its batch moves the last digits of its scores. So a window's plan is made over all its
 * questions, those that an earlier process of the run scored too, and a batch is computed as planned or, where nothing of
 * it is wanted, not at all: scores are the same to the last bit however often a run was stopped. What the cache knew when
 * the run began, and what was asked before in the run, is in no plan (see `KnownScores`).
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
      for (const batch of await scoring.batchesOf(window)) {
        if (isStopped()) break;
        asked.check();
        await scoring.deal(batch);
      }
    }
    if (!isStopped()) asked.check();
  } finally {
    asked.stop();
    // What is in flight is kept, however this ends.
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

  /** The batches of a window in which something is wanted; what is known without them is kept first. */
  async batchesOf(window: readonly Ready<P>[]): Promise<Batch<P>[]> {
    const owners = window.map((ready) => this.#owner(ready));
    const items = owners.flatMap((owner) => owner.items);
    const found = new Set(owners.filter((owner) => owner.items.length === 0));
    const asked = this.#known ? await this.#known.takeNew(items, ({ owner }) => found.add(owner)) : items;
    await this.#keep([...found]);

    this.#timeLeft.known(window.length, this.#costOf(asked));
    const lengths = asked.map(({ length }) => length);
    const batches = plan(lengths, this.#options, this.#engine).map((batch) =>
      batch.map((row) => row.map((k) => asked[k]!)),
    );
    return batches.filter((rows) => {
      const isWanted = rows.flat().some(({ owner }) => !owner.isScored);
      if (!isWanted) this.#timeLeft.spared(this.#costOf(rows.flat()));
      return isWanted;
    });
  }

  #owner(ready: Ready<P>): AskedQuestion<P> {
    const index = this.#planned++;
    const entry = this.#options.scored?.get(ready.question.id);
    const owner = new AskedQuestion(index, ready, entry);
    if (entry) {
      this.results[index] = entry;
      this.#done++;
    }
    return owner;
  }

  /** Sends a batch off as soon as a device has room for it. @throws what went wrong with an earlier one */
  async deal(rows: Batch<P>): Promise<void> {
    // Read anew each time: a device may stop while others go on.
    while (this.#inFlight.size >= AHEAD * (this.#engine.lanes ?? 1)) await Promise.race(this.#inFlight);
    this.check();
    // Stopped while it waited.
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
    this.#timeLeft.computed(this.#costOf(rows.flat()));
    await this.#keep([...filed, ...twins].map(({ owner }) => owner));
  }

  /** Journals those of these questions that are complete, before they count. */
  async #keep(owners: readonly AskedQuestion<P>[]): Promise<void> {
    if (owners.length === 0) return;
    const entries = owners.flatMap((owner) => {
      const entry = owner.takeEntry();
      if (entry) this.results[owner.index] = entry;
      return entry ?? [];
    });
    const { onScored, onProgress } = this.#options;
    // One after the other, whichever device is done first.
    this.#keeping = this.#keeping.then(() => onScored?.(entries));
    await this.#keeping;
    this.#done += entries.length;
    onProgress?.({
      questions: this.#done,
      totalQuestions: this.results.length,
      secondsLeft: this.#timeLeft.seconds(),
    });
  }

  #costOf(items: readonly Item<P>[]): number {
    const { attentionWidth } = this.#engine;
    return items.reduce((sum, { length }) => sum + rowCost(length, attentionWidth), 0);
  }
}
