import { setImmediate as nextTurn } from "node:timers/promises";
import type { ClozeQuestion } from "../../patterns/index.js";
import type { Engine, PreparedQuestion, Reader } from "../../scoring/index.js";
import { whyNotPrepared, whyNotRendered } from "./skip.js";

/**
 * Number of questions that are planned together: enough for full batches and even rows, few enough that the device does
 * not wait long for the first batch.
 */
const WINDOW = 1024;

/** Milliseconds for which preparing blocks the thread: results from the device wait that long. */
const SLICE = 10;

/** Questions that are still to be made, by index. */
export interface QuestionSource<Q extends ClozeQuestion> {
  readonly count: number;
  question(k: number): Q;
  /**
   * The question in the place of one that cannot be made, which has a name, but neither text nor answers; undefined if
   * what is wrong with a question is an error.
   */
  readonly skip?: ((k: number) => Q) | undefined;
}

/** A question made ready: usually one prepared question, several if answers need separate ones. */
export interface Ready<P> {
  readonly question: ClozeQuestion;
  readonly prepared: readonly P[];
  /** number of tokens that each of them takes in a batch */
  readonly lengths: readonly number[];
  /** why it cannot be scored, if such questions are left out; nothing is prepared then */
  readonly skipped?: string;
}

/** The parts of a model that make questions ready. */
export interface Preparer<P extends PreparedQuestion> {
  readonly reader: Pick<Reader<P>, "prepare">;
  readonly engine: Pick<Engine<P>, "length">;
}

/**
 * Renders and tokenizes questions ahead of scoring, in this thread while the device computes in another: a window is
 * returned as soon as it is ready, and the next ones are made in the meantime. Errors in a question are thrown when a
 * window is taken or `check` is called.
 */
export class PrepareAhead<P extends PreparedQuestion, Q extends ClozeQuestion = ClozeQuestion> {
  readonly count: number;
  /** those made so far, in order */
  readonly questions: Q[] = [];
  readonly #windows: Promise<readonly Ready<P>[]>[] = [];
  #failed: { readonly error: unknown } | undefined;
  #taken = 0;
  #stopped = false;

  constructor(model: Preparer<P>, source: QuestionSource<Q>) {
    const { count } = source;
    this.count = count;
    for (let first = 0; first < count; first += WINDOW) {
      const before = this.#windows.at(-1);
      const end = Math.min(first + WINDOW, count);
      const window = (async () => {
        await before;
        return await this.#prepare(model, source, first, end);
      })();
      window.catch((error) => {
        this.#failed ??= { error };
      });
      this.#windows.push(window);
    }
  }

  /** Whether `next` has returned the last window. */
  get isTaken(): boolean {
    return this.#taken === this.#windows.length;
  }

  /** Returns the next window; undefined after the last. @throws the error of making one of its questions */
  async next(): Promise<readonly Ready<P>[] | undefined> {
    return await this.#windows[this.#taken++];
  }

  /** Throws the error of making a question, at any position: scoring the questions before it would be useless. */
  check(): void {
    if (this.#failed) throw this.#failed.error;
  }

  /** Stops making questions, because nobody will take them. */
  stop(): void {
    this.#stopped = true;
  }

  async #prepare(
    model: Preparer<P>,
    source: QuestionSource<Q>,
    first: number,
    end: number,
  ): Promise<readonly Ready<P>[]> {
    const window: Ready<P>[] = [];
    let since = performance.now();
    for (let k = first; k < end && !this.#stopped; k++) {
      window.push(this.#ready(model, source, k));
      if (performance.now() - since < SLICE) continue;
      await nextTurn();
      since = performance.now();
    }
    return window;
  }

  #ready(
    { reader, engine }: Preparer<P>,
    { question: makeQuestion, skip }: QuestionSource<Q>,
    k: number,
  ): Ready<P> {
    let question: Q;
    try {
      question = makeQuestion(k);
    } catch (error) {
      if (!skip) throw error;
      const skipped = whyNotRendered(error);
      this.questions.push(skip(k));
      return { question: skip(k), prepared: [], lengths: [], skipped };
    }
    this.questions.push(question);
    try {
      const prepared = reader.prepare(question);
      return { question, prepared, lengths: prepared.map((one) => engine.length(one)) };
    } catch (error) {
      if (!skip) throw error;
      return { question, prepared: [], lengths: [], skipped: whyNotPrepared(error) };
    }
  }
}
