import type { ClozeQuestion } from "../patterns/index.js";
import type { Decoding } from "./masked/decoding.js";
import type { Truncation } from "./parts.js";

/** How a model reads a blank. */
export type Family = "infill" | "masked" | "seq2seq" | "causal";

/**
 * A question as token ids, ready for a batch. A family adds what its engine needs; the runner reads these fields only.
 *
 * It is plain data (objects, arrays, numbers, strings, booleans), and what it holds besides `id`, `cut` and
 * `shotsDropped` is all of the question that its scores depend on: the ids of text and answers as the model reads them,
 * framing included. The rest is the model's and one for all its questions (`ModelFacts`): the special tokens that a GLM's
 * batch and a masked model's blank add, the order of decoding. Scores are found again by it.
 */
export interface PreparedQuestion {
  readonly id: string;
  /** token ids of each answer, in the order in which they are scored */
  readonly answers: readonly (readonly number[])[];
  /** tokens that truncation removed from the text (0 where it fitted) */
  readonly cut: number;
  /** few-shot examples that were left out of the text to make it fit; undefined where none was */
  readonly shotsDropped?: number;
}

/** What determines the token ids of questions: part of what a run's record says of its model. */
export interface ReaderFacts {
  readonly family: Family;
  /** config.json's model_type */
  readonly architecture: string;
  readonly vocabSize: number;
  /** most tokens of text and one answer together */
  readonly maxLength: number;
  readonly truncation: Truncation;
  /** of masked models only */
  readonly decoding?: Decoding | undefined;
  readonly specialTokens: Readonly<Record<string, number>>;
  /** of what determines the token ids */
  readonly tokenizerSha256: string;
}

/**
 * A model's tokenizer and conventions: turns cloze questions into prepared ones. It needs no weights, so that tasks can be
 * previewed, validated and planned with it alone.
 *
 * @example
 * // A reader of one's own: one token a character code, the answer asked behind the whole text.
 * interface Line extends PreparedQuestion { readonly text: readonly number[] }
 * const encode = (text: string) => [...text].map((character) => character.codePointAt(0)!);
 * const reader: Reader<Line> = {
 *   family: "causal", maxLength: 1000, truncation: "longest", unknown: undefined, notes: [],
 *   encode,
 *   token: (id) => String.fromCodePoint(id),
 *   prepare: ({ id, clozes }) => clozes.map(({ pattern, answers }) => ({
 *     id, cut: 0,
 *     text: pattern.parts.flatMap((part) => (part.kind === "text" ? encode(part.text) : [])),
 *     answers: answers.map((answer) => encode(answer.text)),
 *   })),
 *   facts: {
 *     family: "causal", architecture: "line", vocabSize: 0x110000, maxLength: 1000, truncation: "longest",
 *     specialTokens: {}, tokenizerSha256: "none",
 *   },
 * };
 */
export interface Reader<P extends PreparedQuestion = PreparedQuestion> {
  readonly family: Family;
  /** most tokens of text and one answer together */
  readonly maxLength: number;
  readonly truncation: Truncation;
  /** the id of what the vocabulary cannot write; undefined where it can write everything */
  readonly unknown: number | undefined;
  /**
   * Tokenises, cuts and frames a question. Usually one prepared question; several where answers need texts of their
   * own. The answers of all of them, in order, are those of the question's clozes, in order.
   * @throws GlmEvalError (data) naming the question: an answer that tokenises to nothing, or a text too long to cut
   */
  prepare(question: ClozeQuestion): P[];
  /**
   * The ids of a piece of text, no special tokens added.
   * @param options.first the piece begins the text (default false), which matters to SentencePiece vocabularies
   */
  encode(text: string, options?: { readonly first: boolean }): readonly number[];
  /** The vocabulary's spelling of an id ("##ing", "Ġthe", "▁的"). */
  token(id: number): string;
  readonly facts: ReaderFacts;
  /** things that the user should know, in sentences */
  readonly notes: readonly string[];
}
