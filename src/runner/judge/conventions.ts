import type { Conventions } from "../../options/index.js";
import type { Normalization } from "../../results/index.js";
import type { AnswerScore, Family } from "../../scoring/index.js";
import type { Aggregate } from "../../tasks/index.js";

/** The rule by which the answers of one question are scored. */
export interface ScoreRule {
  readonly endOfPiece: boolean;
  readonly normalization: Normalization;
  readonly aggregate: Aggregate;
}

/** @param answers of all questions of a pattern, so that all of them are judged by one rule */
export function scoreRule(
  conventions: Conventions,
  { answerKind, family }: { readonly answerKind: "words" | "texts"; readonly family: Family },
  answers: Iterable<Pick<AnswerScore, "tokenIds">>,
  pattern?: {
    readonly normalization?: Normalization | undefined;
    readonly aggregate?: Aggregate | undefined;
  },
): ScoreRule {
  const free = family === "causal" || answerKind === "texts" || hasSeveralTokens(answers);
  return {
    endOfPiece: conventions.endOfPiece === "auto" ? free : conventions.endOfPiece === "yes",
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
 * A label's score from those of its words, which are log-probabilities after normalisation (natural logarithms):
 * "max": the best word's; "mean": their arithmetic mean (PET, which averages logits: the same order, since all words of
 * a question share one normalising constant); "sum": log Σ exp, the log-probability of any of the words where each is
 * one token. All are the same for one word.
 */
export function aggregateOf(scores: readonly number[], aggregate: Aggregate): number {
  const highest = Math.max(...scores);
  if (aggregate === "max") return highest;
  if (aggregate === "mean") return scores.reduce((sum, score) => sum + score, 0) / scores.length;
  return highest + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - highest), 0));
}

/**
 * An answer's score: Σ log p(token), with or without the end of piece, divided by
 * - "mean": the number of scored tokens (GLM's length penalty 1);
 * - "tokens": the number of the answer's own tokens, whether the end of piece is scored or not;
 * - "chars", "bytes": the length of the answer's text without the spaces around it, in Unicode code points or UTF-8 bytes
 *   (bytes: `acc_norm` of lm-evaluation-harness).
 * Natural logarithm; summed in float64.
 */
export function scoreOf(
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
