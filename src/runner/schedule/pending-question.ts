import type { ClozeQuestion } from "../../patterns/index.js";
import type { AnswerScore, PreparedQuestion } from "../../scoring/index.js";
import type { Ready } from "./prepare-ahead.js";

/** A scored question, before any convention is applied: what the journal stores, except the spelling of its tokens. */
export interface ScoredEntry {
  /** "boolq/p4/17" */
  readonly id: string;
  readonly answers: readonly (AnswerScore & { readonly tokens?: readonly string[] })[];
  /** number of tokens that truncation removed, the maximum over the answers' texts */
  readonly cut: number;
  /** number of few-shot examples dropped to make the text fit, the maximum over the answers' texts */
  readonly shotsDropped?: number;
  /** why it could not be scored, if such questions are left out; it then has no answers */
  readonly skipped?: string;
}

/** A part of a question in a batch. */
export interface Item<P extends PreparedQuestion> {
  readonly prepared: P;
  /** number of tokens that it takes in a batch */
  readonly length: number;
  readonly owner: PendingQuestion<P>;
  readonly part: number;
}

/** A question that is being scored: the scores of its parts come from several batches. */
export class PendingQuestion<P extends PreparedQuestion> {
  readonly index: number;
  readonly items: Item<P>[];
  readonly #question: ClozeQuestion;
  readonly #skipped: string | undefined;
  readonly #parts: readonly P[];
  readonly #answers: (readonly AnswerScore[] | undefined)[];
  #waiting: number;
  #isTaken = false;

  /** @param entry the scores from an earlier process, which are already in the journal */
  constructor(index: number, { question, prepared: parts, lengths, skipped }: Ready<P>, entry?: ScoredEntry) {
    this.index = index;
    this.#question = question;
    this.#skipped = skipped;
    this.#parts = parts;
    this.items = parts.map((prepared, part) => ({ prepared, length: lengths[part]!, owner: this, part }));
    // An entry has the answers of all parts, in order.
    let from = 0;
    this.#answers = parts.map(({ answers }) => {
      const start = from;
      from += answers.length;
      return entry?.answers.slice(start, from);
    });
    this.#waiting = entry ? 0 : parts.length;
    this.#isTaken = entry !== undefined;
  }

  /** Whether all its parts are scored, journaled or not. */
  get isScored(): boolean {
    return this.#waiting === 0;
  }

  getAnswers(part: number): readonly AnswerScore[] | undefined {
    return this.#answers[part];
  }

  file(part: number, answers: readonly AnswerScore[]): void {
    if (this.#answers[part] === undefined) this.#waiting--;
    this.#answers[part] = answers;
  }

  /** Returns the journal entry: once, when all parts are scored. */
  takeEntry(): ScoredEntry | undefined {
    if (!this.isScored || this.#isTaken) return undefined;
    this.#isTaken = true;
    const cut = Math.max(0, ...this.#parts.map((part) => part.cut));
    const shotsDropped = Math.max(0, ...this.#parts.map((part) => part.shotsDropped ?? 0));
    return {
      id: this.#question.id,
      answers: this.#answers.flatMap((answers) => answers ?? []),
      cut,
      ...(shotsDropped > 0 && { shotsDropped }),
      ...(this.#skipped !== undefined && { skipped: this.#skipped }),
    };
  }
}
