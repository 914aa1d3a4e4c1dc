import type { Conventions } from "../../options/index.js";
import type { Normalization } from "../../results/index.js";
import type { AnswerScore, Family } from "../../scoring/index.js";
import type { Aggregate } from "../../tasks/index.js";

/** The rule for scoring the answers of one question. */
export interface ScoreRule {
  readonly endOfPiece: boolean;
  readonly normalization: Normalization;
  readonly aggregate: Aggregate;
}

/**
 * Chooses the rule for scoring answers.
 * @param answers of all questions of a pattern, so that one rule applies to all of them
 */
export function chooseScoreRule(
  conventions: Conventions,
  { answerKind, family }: { readonly answerKind: "words" | "texts"; readonly family: Family },
  answers: Iterable<Pick<AnswerScore, "tokenIds">>,
  pattern?: {
    readonly normalization?: Normalization | undefined;
    readonly aggregate?: Aggregate | undefined;
  },
): ScoreRule {
  const isOpenEnded = family === "causal" || answerKind === "texts" || hasSeveralTokens(answers);
  return {
    endOfPiece: conventions.endOfPiece === "auto" ? isOpenEnded : conventions.endOfPiece === "yes",
    normalization:
      conventions.normalization === "auto" ? (pattern?.normalization ?? "sum") : conventions.normalization,
    aggregate: conventions.aggregate === "auto" ? (pattern?.aggregate ?? "mean") : conventions.aggregate,
  };
}

function hasSeveralTokens(answers: Iterable<Pick<AnswerScore, "tokenIds">>): boolean {
  for (const { tokenIds } of answers) if (tokenIds.length > 1) return true;
  return false;
}

/**
 * Computes a label's score from the scores of its words, which are log-probabilities after normalization (natural
 * logarithms): "max": the best word's; "mean": their arithmetic mean (PET, which averages logits: the order is the same,
 * since all words of a question share one normalizing constant); "sum": log Σ exp, the log-probability of any of the words
 * if each is one token. For a single word, all are equal.
 */
export function aggregateScores(scores: readonly number[], aggregate: Aggregate): number {
  const highest = Math.max(...scores);
  if (aggregate === "max") return highest;
  if (aggregate === "mean") return scores.reduce((sum, score) => sum + score, 0) / scores.length;
  return highest + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - highest), 0));
}

/**
 * Computes an answer's score: Σ log p(token), with or without the end of piece, divided by
 * - "mean": the number of scored tokens (GLM's length penalty 1);
 * - "tokens": the number of the answer's own tokens, whether or not the end of piece is scored;
 * - "chars", "bytes": the length of the answer's trimmed text, in Unicode code points or UTF-8 bytes
 *   (bytes: `acc_norm` of lm-evaluation-harness).
 * Natural logarithm; summed in float64.
 */
export function scoreAnswer(
  answer: AnswerScore,
  rule: Pick<ScoreRule, "endOfPiece" | "normalization">,
  text = "",
): number {
  const { tokenLogProbs, closing } = answer;
  let sum = 0;
  for (const logProb of tokenLogProbs) sum += logProb;
  if (rule.endOfPiece) for (const logProb of closing.logProbs) sum += logProb;
  switch (rule.normalization) {
    case "sum":
      return sum;
    case "mean":
      return sum / (tokenLogProbs.length + (rule.endOfPiece ? closing.logProbs.length : 0));
    case "tokens":
      return sum / tokenLogProbs.length;
    case "chars":
      return sum / Math.max(1, [...text.trim()].length);
    case "bytes":
      return sum / Math.max(1, Buffer.byteLength(text.trim()));
  }
}
