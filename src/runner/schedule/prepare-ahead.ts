import { setImmediate as nextTurn } from "node:timers/promises";
import type { ClozeQuestion } from "../../patterns/index.js";
import type { Engine, PreparedQuestion, Reader } from "../../scoring/index.js";
import { whyNotPrepared, whyNotRendered } from "./skip.js";

/**
 * Questions that are planned together: enough that batches are full and rows even, few enough that the device need not
 * wait long for the first.
 */
const WINDOW = 1024;

/** Milliseconds for which preparing keeps the thread: what the device has answered meanwhile waits so long. */
const SLICE = 10;

/** Questions that are yet to be made, by number. */
export interface QuestionSource<Q extends ClozeQuestion> {
  readonly count: number;
  question(k: number): Q;
  /**
   * The question in the place of one that cannot be made, which has a name, but neither text nor answers; undefined if
   * what is wrong with a question is an error.
   */
  readonly skip?: ((k: number) => Q) | undefined;
}

/** What was made of a question: usually one prepared question, several where answers need their own. */
export interface Ready<P> {
  readonly question: ClozeQuestion;
  readonly prepared: readonly P[];
  /** tokens of a batch that each of them takes */
  readonly lengths: readonly number[];
  /** why it cannot be asked, where that leaves it out: nothing is prepared then */
  readonly skipped?: string;
}

/** What of a model makes questions ready. */
export interface Preparer<P extends PreparedQuestion> {
  readonly reader: Pick<Reader<P>, "prepare">;
  readonly engine: Pick<Engine<P>, "length">;
}

/**
 * Renders and tokenises questions ahead of whoever scores them, in this thread while the device computes in another one:
 * a window is given out as soon as it is there, and the next ones are made meanwhile. What is wrong with a question is
 * thrown at whoever takes a window or asks with `check`.
 */
export class PrepareAhead<P extends PreparedQuestion, Q extends ClozeQuestion = ClozeQuestion> {
  readonly count: number;
  /** those that were made so far, in order */
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

  /** Whether `next` has given out the last window. */
  get isTaken(): boolean {
    return this.#taken === this.#windows.length;
  }

  /** The next window; undefined behind the last. @throws what making one of its questions threw */
  async next(): Promise<readonly Ready<P>[] | undefined> {
    return await this.#windows[this.#taken++];
  }

  /** Throws what making a question threw, wherever it stands: there is no use in scoring those before it. */
  check(): void {
    if (this.#failed) throw this.#failed.error;
  }

  /** Makes no further questions: nobody will take them. */
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
    { question: questionOf, skip }: QuestionSource<Q>,
    k: number,
  ): Ready<P> {
    let question: Q;
    try {
      question = questionOf(k);
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
