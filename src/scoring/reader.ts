import type { ClozeQuestion } from "../patterns/index.js";
import type { Decoding } from "./masked/decoding.js";
import type { Truncation } from "./parts.js";

/** How a model fills a blank. */
export type Family = "infill" | "masked" | "seq2seq" | "causal";

/**
 * A question as token ids, ready for a batch. A family adds what its engine needs; the runner reads these fields only.
 *
 * It is plain data (objects, arrays, numbers, strings, booleans). Its fields except `id`, `cut` and `shotsDropped` are
 * everything in the question that its scores depend on: the ids of text and answers as the model reads them, including
 * framing. Everything else belongs to the model and is the same for all its questions (`ModelFacts`): the special tokens
 * that a GLM's batch and a masked model's blank add, the decoding order. These fields are the key for cached scores.
 */
export interface PreparedQuestion {
  readonly id: string;
  /** token ids of each answer, in the order in which they are scored */
  readonly answers: readonly (readonly number[])[];
  /** number of tokens that truncation removed from the text (0 if it fits) */
  readonly cut: number;
  /** number of few-shot examples dropped from the text to make it fit; undefined if none was */
  readonly shotsDropped?: number;
}

/** Everything that determines the token ids of questions; part of the model's entry in a run's record. */
export interface ReaderFacts {
  readonly family: Family;
  /** config.json's model_type */
  readonly architecture: string;
  readonly vocabSize: number;
  /** maximum number of tokens of text and one answer together */
  readonly maxLength: number;
  readonly truncation: Truncation;
  /** masked models only */
  readonly decoding?: Decoding | undefined;
  readonly specialTokens: Readonly<Record<string, number>>;
  /** hash of the files that determine the token ids */
  readonly tokenizerSha256: string;
}

/**
 * A model's tokenizer and conventions: turns cloze questions into prepared questions. It needs no weights, so tasks can be
 * previewed, validated and planned without an engine.
 *
 * @example
 * // A custom reader: one token per character code, with the answer after the full text.
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
  /** maximum number of tokens of text and one answer together */
  readonly maxLength: number;
  readonly truncation: Truncation;
  /** the id of the unknown token; undefined if the vocabulary can represent any text */
  readonly unknown: number | undefined;
  /**
   * Tokenizes, truncates and frames a question. Usually returns one prepared question; several if answers need separate
   * texts. Their answers, in order, are those of the question's clozes, in order.
   * @throws GlmEvalError (data) that names the question: an answer has no tokens, or a text is too long to truncate
   */
  prepare(question: ClozeQuestion): P[];
  /**
   * Returns the ids of a piece of text, without special tokens.
   * @param options.first whether the piece starts the text (default false), which matters to SentencePiece vocabularies
   */
  encode(text: string, options?: { readonly first: boolean }): readonly number[];
  /** Returns the vocabulary's spelling of an id ("##ing", "Ġthe", "▁的"). */
  token(id: number): string;
  readonly facts: ReaderFacts;
  /** notes for the user, as full sentences */
  readonly notes: readonly string[];
}
