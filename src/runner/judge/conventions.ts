import type { ClozeQuestion } from "../../patterns/index.js";
import { type AnswerScore, PROTOCOL_TRUNCATION, type Protocol, type Reader } from "../../scoring/index.js";
import type { Aggregate, TaskPattern } from "../../tasks/index.js";

/** Every convention that moves a number, as it is recorded with a run. */
export interface Conventions {
  readonly protocol: Protocol;
  /**
   * Whether what closes an answer counts with it (`Closing`: GLM's <|endofpiece|>, T5's next sentinel, the rest of the
   * text). "auto": for answers from the data, and for a verbalizer only where one of its words takes several tokens,
   * since "new" must not beat "newest" by being its start; for a causal model always, which learns of the text after
   * the blank in no other way.
   */
  readonly endOfPiece: "auto" | "yes" | "no";
  /** How an answer's token log-probabilities become its score. "auto": as the task's pattern says (WSC: mean). */
  readonly normalization: "auto" | "sum" | "mean";
  readonly truncation: "glm" | "longest";
  /** How the scores of a label's words become the label's. "auto": as the task says, else PET's mean. */
  readonly aggregate: "auto" | Aggregate;
}

export const PROTOCOLS: Record<Protocol, Conventions> = {
  glm: {
    protocol: "glm",
    endOfPiece: "auto",
    normalization: "auto",
    truncation: PROTOCOL_TRUNCATION.glm,
    aggregate: "auto",
  },
  "glm-hf": {
    protocol: "glm-hf",
    endOfPiece: "no",
    normalization: "sum",
    truncation: PROTOCOL_TRUNCATION["glm-hf"],
    aggregate: "auto",
  },
};

/** The rule by which the answers of one question are scored. */
export interface ScoreRule {
  readonly endOfPiece: boolean;
  readonly normalization: "sum" | "mean";
  readonly aggregate: Aggregate;
}

export function scoreRule(
  conventions: Conventions,
  { answerKind, family }: Pick<ClozeQuestion, "answerKind"> & Pick<Reader, "family">,
  answers: readonly Pick<AnswerScore, "tokenIds">[],
  pattern?: Partial<Pick<TaskPattern, "normalization" | "aggregate">>,
): ScoreRule {
  const free =
    family === "causal" || answerKind === "texts" || answers.some((answer) => answer.tokenIds.length > 1);
  return {
    endOfPiece: conventions.endOfPiece === "auto" ? free : conventions.endOfPiece === "yes",
    normalization:
      conventions.normalization === "auto" ? (pattern?.normalization ?? "sum") : conventions.normalization,
    aggregate: conventions.aggregate === "auto" ? (pattern?.aggregate ?? "mean") : conventions.aggregate,
  };
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
 * An answer's score: Σ log p(token), with or without the end of piece, divided by the number of scored tokens for
 * "mean" (GLM's length penalty 1). Natural logarithm; summed in float64.
 */
export function scoreOf(answer: AnswerScore, rule: Pick<ScoreRule, "endOfPiece" | "normalization">): number {
  const counted = rule.endOfPiece
    ? [...answer.tokenLogProbs, ...answer.closing.logProbs]
    : answer.tokenLogProbs;
  const sum = counted.reduce((total, logProb) => total + logProb, 0);
  return rule.normalization === "mean" ? sum / counted.length : sum;
}
