import type { PreparedQuestion } from "./reader.js";

/** The model's scores for one answer. Natural logarithms, computed in float32 over the entire (padded) vocabulary. */
export interface AnswerScore {
  readonly tokenIds: readonly number[];
  /**
   * log p(token | context, earlier tokens of this answer), one per token; for a masked model, the decoding determines
   * what a token is conditioned on besides the context
   */
  readonly tokenLogProbs: readonly number[];
  /** whether each token was the argmax at its position */
  readonly isGreedy: readonly boolean[];
  readonly closing: Closing;
}

/**
 * The tokens that mark the end of an answer: GLM's <|endofpiece|>, T5's next sentinel, the rest of the text for BART
 * and causal models; none (empty lists) for masked models, whose blanks have a fixed length.
 */
export interface Closing {
  readonly tokenIds: readonly number[];
  /** log p(token | context, full answer, earlier tokens of the closing) */
  readonly logProbs: readonly number[];
  readonly isGreedy: readonly boolean[];
}

/** The number of tokens processed in passes through a model. */
export interface TokenCounts {
  /** including padding */
  tokens: number;
  padding: number;
}

/** Options for scoring a batch. */
export interface ScoreOptions {
  /** maximum number of tokens per pass, including padding, if a batch takes several passes; one row always fits */
  readonly maxBatchTokens?: number | undefined;
}

/**
 * A model's weights: computes the token log-probabilities of every answer of prepared questions. The questions must be
 * prepared by the same model's reader.
 *
 * @example
 * // A custom engine: every token of a vocabulary of 1000 is equally likely.
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
  /** whether one row may contain several questions, one after the other; otherwise each question has its own rows */
  readonly packs: boolean;
  /** number of batches that it computes at once; default: 1. May decrease during use. */
  readonly lanes?: number | undefined;
  /**
   * the width of a row in tokens at which its attention costs as much as everything else; undefined if unknown
   */
  readonly attentionWidth?: number | undefined;
  /** the work done so far */
  readonly work: Readonly<TokenCounts>;
  /**
   * Returns the number of tokens of a batch that a question takes, over all its rows, at its widest step: 1 or more.
   */
  length(question: P): number;
  /**
   * Scores the answers of prepared questions and returns the scores in the same order and shape.
   * @param rows rows of the batch; a row contains several questions only if the engine `packs`
   * @throws GlmEvalError (model) naming the questions whose log-probabilities are NaN or infinite
   */
  score(rows: readonly (readonly P[])[], options?: ScoreOptions): Promise<AnswerScore[][][]>;
  close(): Promise<void>;
}
