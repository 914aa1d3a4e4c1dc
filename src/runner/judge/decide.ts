import type { AnswerScore } from "../../scoring/index.js";
import type { Decision } from "../../tasks/index.js";
import type { QuestionRecord } from "../record/question.js";
import { aggregateScores, type ScoreRule, scoreAnswer } from "./conventions.js";

/** The prediction for one question, with the scores that led to it. */
/** The prediction for one question, with the scores that led to it. */
export interface Decided {
  /** a label of the task, or the text of the best answer */
  readonly predicted: string;
  /** whether another prediction had exactly the same score */
  readonly tie: boolean;
  /** the scores of the answers, in order, before calibration */
  readonly scores: readonly number[];
  /** each label's score, in the order of its first answer; empty if answers do not map to labels */
  readonly labelScores: readonly LabelScore[];
}

export interface LabelScore {
  readonly label: string;
  readonly score: number;
}

/** The model's scores of the same answers without the text: see `docs/protocols.md`, "Calibration". */
export type CalibratedBy =
  /** scores after each content-free input */
  | { readonly kind: "contextual"; readonly contentFree: readonly (readonly AnswerScore[])[] }
  /** scores after the premise of the task's domain */
  | { readonly kind: "pmi"; readonly premise: readonly AnswerScore[] };

interface DecideOptions {
  readonly decision: Decision;
  readonly labels: readonly string[];
  /** probabilities of the labels, in order, whose logarithms are added to their scores */
  readonly prior?: readonly number[] | undefined;
  readonly rule: ScoreRule;
  readonly calibratedBy?: CalibratedBy | undefined;
}

type Question = Pick<QuestionRecord, "answers">;

/**
 * Turns the scores of a question's answers into a prediction. If answers map to labels, the labels compete, each with the
 * scores of its words combined by `rule.aggregate`, plus the logarithm of its prior. Among equal scores, the first answer
 * wins, and the tie is counted.
 *
 * Calibration changes the competing scores. "pmi" (Holtzman et al. 2021, PMI_DC): each answer's score minus its score
 * after the premise, log p(y | x) − log p(y | premise). "contextual" (Zhao et al. 2021, with W = diag(p̂)⁻¹ and b = 0):
 * each prediction's score minus log p̂, where p̂ is the mean over the content-free inputs of the softmax of their scores.
 * @param options.labels the task's labels; "first" and "greedy" choose between the first two
 */
export function decide(question: Question, answers: readonly AnswerScore[], options: DecideOptions): Decided {
  const { decision, labels, prior, rule, calibratedBy } = options;
  const scores = scoreAnswers(question, answers, rule);
  if (decision === "greedy") {
    const [only] = answers;
    const exact = [...only!.isGreedy, ...only!.closing.isGreedy].every(Boolean);
    return { predicted: labels[exact ? 1 : 0]!, tie: false, scores, labelScores: [] };
  }
  const isLabeled = decision === "best" && question.answers.every(({ label }) => label !== undefined);
  const candidates = makeCandidates(question, calibrateScores(question, scores, options), isLabeled, options);
  if (calibratedBy?.kind === "contextual") {
    const baseRates = averageContentFree(question, calibratedBy.contentFree, isLabeled, options);
    candidates.forEach((candidate, k) => {
      candidate.score -= Math.log(baseRates[k]!);
    });
  }
  if (prior !== undefined && isLabeled)
    for (const candidate of candidates) candidate.score += Math.log(prior[labels.indexOf(candidate.label)]!);
  const highest = Math.max(...candidates.map(({ score }) => score));
  const [best, ...equals] = candidates.filter(({ score }) => score === highest);
  return {
    predicted: best!.label,
    tie: equals.length > 0,
    scores,
    labelScores: isLabeled ? candidates : [],
  };
}

function scoreAnswers(
  { answers: texts }: Question,
  answers: readonly AnswerScore[],
  rule: ScoreRule,
): number[] {
  return answers.map((answer, k) => scoreAnswer(answer, rule, texts[k]!.text));
}

function calibrateScores(question: Question, scores: readonly number[], options: DecideOptions): number[] {
  const { calibratedBy, rule } = options;
  if (calibratedBy?.kind !== "pmi") return [...scores];
  const base = scoreAnswers(question, calibratedBy.premise, rule);
  return scores.map((score, k) => score - base[k]!);
}

/** Returns the competing predictions with their scores, in the order of their first answer. */
function makeCandidates(
  { answers }: Question,
  scores: readonly number[],
  isLabeled: boolean,
  { decision, labels, rule }: DecideOptions,
): { label: string; score: number }[] {
  const byPrediction = new Map<string, number[]>();
  scores.forEach((score, k) => {
    const { label, text } = answers[k]!;
    const predicted = decision === "first" ? labels[k === 0 ? 1 : 0]! : (label ?? text.trim());
    const own = byPrediction.get(predicted);
    if (own) own.push(score);
    else byPrediction.set(predicted, [score]);
  });
  // Answers that do not map to labels compete individually.
  const aggregate = isLabeled ? rule.aggregate : "max";
  return [...byPrediction].map(([label, words]) => ({ label, score: aggregateScores(words, aggregate) }));
}

/** Returns the mean probability of each prediction over the content-free inputs, in the order of `makeCandidates`. */
function averageContentFree(
  question: Question,
  contentFree: readonly (readonly AnswerScore[])[],
  isLabeled: boolean,
  options: DecideOptions,
): number[] {
  const each = contentFree.map((answers) => {
    const scores = scoreAnswers(question, answers, options.rule);
    return softmax(makeCandidates(question, scores, isLabeled, options).map(({ score }) => score));
  });
  return each[0]!.map(
    (_, k) => each.reduce((sum, probabilities) => sum + probabilities[k]!, 0) / each.length,
  );
}

/** Returns probabilities proportional to exp(score). */
export function softmax(scores: readonly number[]): number[] {
  const highest = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - highest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
