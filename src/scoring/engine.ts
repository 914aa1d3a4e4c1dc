import type { PreparedQuestion } from "./reader.js";

/** The scores of one answer: natural logarithms, computed in float32 over the full (padded) vocabulary. */
export interface AnswerScore {
  readonly tokenIds: readonly number[];
  /**
   * log p(token | context, earlier tokens of this answer), one per token; for masked models, the decoding determines
   * what they condition on in addition to the context
   */
  readonly tokenLogProbs: readonly number[];
  /** whether each token was the arg max at its position */
  readonly isGreedy: readonly boolean[];
  readonly closing: Closing;
}

/**
 * The tokens after an answer that mark its end: GLM's <|endofpiece|>, T5's next sentinel, the rest of the text for BART
 * and causal models; none (empty lists) for masked models, whose blanks have a fixed length.
 */
export interface Closing {
  readonly tokenIds: readonly number[];
  /** log p(token | context, full answer, earlier tokens of the closing) */
  readonly logProbs: readonly number[];
  readonly isGreedy: readonly boolean[];
}

/** Number of tokens in the passes through a model. */
export interface TokenCounts {
  /** including padding */
  tokens: number;
  padding: number;
}

/** How a batch is scored. */
export interface ScoreOptions {
  /** maximum number of tokens per pass if a batch takes several, including padding; one row always fits */
  readonly maxBatchTokens?: number | undefined;
}

/**
 * A model's weights: computes the token log-probabilities of every answer of prepared questions. The questions must come
 * from the reader of the same model.
 *
 * @example
 * // A custom engine: all tokens of a vocabulary of 1000 are equally likely.
 * const work = { tokens: 0, padding: 0 };
 * const logProb = -Math.log(1000);
 * const engine: Engine = {
 *   packs: false,
 *   work,
 *   length: ({ answers }) => answers.flat().length,
 *   score: async (rows) => rows.map((row) => row.map(({ answers }) => answers.map((tokenIds) => ({
 *     tokenIds,
 *     tokenLogProbs: tokenIds.map(() => logProb),
 *     isGreedy: tokenIds.map(() => false),
 *     closing: { tokenIds: [], logProbs: [], isGreedy: [] },
 *   })))),
 *   close: async () => undefined,
 * };
 */
export interface Engine<P extends PreparedQuestion = PreparedQuestion> {
  /** whether one row may hold several questions, one after the other; otherwise each question has separate rows */
  readonly packs: boolean;
  /** number of batches it computes at once; default: 1. It may decrease during use. */
  readonly lanes?: number | undefined;
  /**
   * width of a row, in tokens, at which its attention costs as much as the rest of the computation; undefined if unknown
   */
  readonly attentionWidth?: number | undefined;
  /** what it has computed so far */
  readonly work: Readonly<TokenCounts>;
  /** Returns the number of tokens that a question takes in a batch, in all its rows, at its widest step: 1 or more. */
  length(question: P): number;
  /**
   * Scores the answers of the prepared questions, in the same order and shape.
   * @param rows of the batch; a row holds several questions only if the engine `packs`
   * @throws GlmEvalError (model) that names the questions whose log-probabilities are NaN or infinite
   */
  score(rows: readonly (readonly P[])[], options?: ScoreOptions): Promise<AnswerScore[][][]>;
  close(): Promise<void>;
}
