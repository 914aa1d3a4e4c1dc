import type { ClozeQuestion } from "../patterns/index.js";
import type { Truncation } from "./parts.js";

/** How a model reads a blank. */
export type Family = "infill" | "masked" | "seq2seq" | "causal";

/** What the model said of one answer. Natural logarithms, computed in float32 over the whole (padded) vocabulary. */
export interface AnswerScore {
  readonly tokenIds: readonly number[];
  /**
   * log p(token | context, earlier tokens of this answer), one for each token; what a masked model conditions on
   * besides the context is its decoding's rule
   */
  readonly tokenLogProbs: readonly number[];
  /** whether each token was the arg max at its place */
  readonly isGreedy: readonly boolean[];
  readonly closing: Closing;
}

/**
 * What the model reads after an answer that tells where it ends: GLM's <|endofpiece|>, T5's next sentinel, the rest of
 * the text for BART and causal models; nothing (empty lists) for masked models, whose blanks have a fixed length.
 */
export interface Closing {
  readonly tokenIds: readonly number[];
  /** log p(token | context, whole answer, earlier tokens of the closing) */
  readonly logProbs: readonly number[];
  readonly isGreedy: readonly boolean[];
}

/** What a text may take, and how it is cut where it takes more. */
export interface ReadOptions {
  /** most tokens of text and one answer together */
  readonly maxLength: number;
  readonly truncation: Truncation;
}

/**
 * A question as token ids, ready for a batch. `Prepared` types are opaque to the runner but for these fields.
 *
 * They are plain data (objects, arrays, numbers, strings, booleans), and what they hold besides `id`, `length`, `cut`
 * and `shotsDropped` is all of the question that its scores depend on: the ids of text and answers as the model reads
 * them, framing included. The rest is the model's and one for all its questions (`ModelFacts`): the special tokens that
 * a GLM's layout and a masked model's blank add, the order of decoding. Scores are found again by it.
 */
export interface PreparedQuestion {
  readonly id: string;
  /** token ids of each answer, in the order in which they are scored */
  readonly answers: readonly (readonly number[])[];
  /** tokens of a batch that it takes, all its rows together, at the widest of its steps */
  readonly length: number;
  /** tokens that truncation removed from the text (0 where it fitted) */
  readonly cut: number;
  /** few-shot examples that were left out of the text to make it fit; undefined where none was */
  readonly shotsDropped?: number;
}

/** Tokens that passes through a model took. */
export interface TokenCounts {
  /** padding included */
  tokens: number;
  padding: number;
}

/** Gives every answer of a question its token log-probabilities, for one model and one way of reading a blank. */
export interface Scorer<Prepared extends PreparedQuestion = PreparedQuestion> {
  readonly family: Family;
  /** whether one row may hold several questions, one after the other; else each has its rows to itself */
  readonly packs: boolean;
  /** how many batches it computes at once; 1 unless given. It may become less while it is used. */
  readonly lanes?: number;
  /**
   * The width of a row at which its attention costs as much as all else of it, in tokens; undefined where that is not
   * known
   */
  readonly attentionWidth?: number;
  /** what it has computed so far */
  readonly work: Readonly<TokenCounts>;
  /**
   * Tokenises, cuts and frames a question. Usually one prepared question; several where answers need texts of their
   * own. The answers of all of them, in order, are those of the question's clozes, in order.
   * @throws GlmEvalError("data") naming the question: an answer that tokenises to nothing, or a text too long to cut
   */
  prepare(question: ClozeQuestion): Prepared[];
  /**
   * The prepared questions' answers as scored, in the same order and shape; rows may hold several questions.
   * @param options passTokens: most tokens of one pass where a batch takes several, padding included; one row always fits
   */
  score(
    rows: readonly (readonly Prepared[])[],
    options?: { readonly passTokens?: number },
  ): Promise<AnswerScore[][][]>;
  /** The vocabulary's spelling of an id. */
  token(id: number): string;
  close(): Promise<void>;
}
