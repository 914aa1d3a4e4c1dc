import type { PreparedQuestion } from "./reader.js";

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

/** Tokens that passes through a model took. */
export interface TokenCounts {
  /** padding included */
  tokens: number;
  padding: number;
}

/** How a batch is scored. */
export interface ScoreOptions {
  /** most tokens of one pass where a batch takes several, padding included; one row always fits */
  readonly maxBatchTokens?: number | undefined;
}

/**
 * A model's weights: gives every answer of prepared questions its token log-probabilities. It scores what the reader of the
 * same model prepared.
 *
 * @example
 * // An engine of one's own: every token as likely as any other of a vocabulary of 1000.
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
  /** whether one row may hold several questions, one after the other; else each has its rows to itself */
  readonly packs: boolean;
  /** how many batches it computes at once; 1 unless given. It may become less while it is used. */
  readonly lanes?: number | undefined;
  /**
   * The width of a row at which its attention costs as much as all else of it, in tokens; undefined where that is not
   * known
   */
  readonly attentionWidth?: number | undefined;
  /** what it has computed so far */
  readonly work: Readonly<TokenCounts>;
  /** Tokens of a batch that a question takes, all its rows together, at the widest of its steps: 1 or more. */
  length(question: P): number;
  /**
   * The prepared questions' answers as scored, in the same order and shape.
   * @param rows of the batch; a row holds several questions only where the engine `packs`
   * @throws GlmEvalError (model) naming the questions whose log-probabilities are NaN or infinite
   */
  score(rows: readonly (readonly P[])[], options?: ScoreOptions): Promise<AnswerScore[][][]>;
  close(): Promise<void>;
}
