import type { AnswerScore } from "../../scoring/index.js";
import type { Decision } from "../../tasks/index.js";
import type { QuestionRecord } from "../record/question.js";
import { aggregateOf, type ScoreRule, scoreOf } from "./conventions.js";

export interface Decided {
  /** a label of the task, or the text of the best answer */
  readonly predicted: string;
  /** whether another prediction had exactly the same score */
  readonly tie: boolean;
  /** the answers' scores, in order, before calibration */
  readonly scores: readonly number[];
  /** each label's score, in the order of its first answer; empty where answers do not stand for labels */
  readonly labelScores: readonly LabelScore[];
}

export interface LabelScore {
  readonly label: string;
  readonly score: number;
}

/** What the model said of the same answers without the text: see `docs/protocols.md`, "Calibration". */
export type CalibratedBy =
  /** of one question for each content-free input */
  | { readonly kind: "contextual"; readonly contentFree: readonly (readonly AnswerScore[])[] }
  /** after the premise of the task's domain */
  | { readonly kind: "pmi"; readonly premise: readonly AnswerScore[] };

interface DecideOptions {
  readonly decision: Decision;
  readonly labels: readonly string[];
  /** probabilities of the labels, in their order, whose logarithms are added to their scores */
  readonly prior?: readonly number[] | undefined;
  readonly rule: ScoreRule;
  readonly calibratedBy?: CalibratedBy | undefined;
}

type Asked = Pick<QuestionRecord, "answers">;

/**
 * Turns the scores of a question's answers into a prediction. Where answers stand for labels, the labels compete, each
 * with the scores of its words put together as `rule.aggregate` says, and the logarithm of its prior. Among equal scores
 * the first answer wins, and the tie is counted.
 *
 * Calibration changes what competes. "pmi" (Holtzman et al. 2021, PMI_DC): each answer's score less its score after the
 * premise, log p(y | x) − log p(y | premise). "contextual" (Zhao et al. 2021, with W = diag(p̂)⁻¹ and b = 0): each
 * prediction's score less log p̂, where p̂ is the mean over the content-free inputs of the softmax of their scores.
 * @param options.labels the task's labels; "first" and "greedy" choose between the first two
 */
export function decide(question: Asked, answers: readonly AnswerScore[], options: DecideOptions): Decided {
  const { decision, labels, prior, rule, calibratedBy } = options;
  const scores = scoresOf(question, answers, rule);
  if (decision === "greedy") {
    const [only] = answers;
    const exact = [...only!.isGreedy, ...only!.closing.isGreedy].every(Boolean);
    return { predicted: labels[exact ? 1 : 0]!, tie: false, scores, labelScores: [] };
  }
  const labelled = decision === "best" && question.answers.every(({ label }) => label !== undefined);
  const compete = rivals(question, calibratedScores(question, scores, options), labelled, options);
  if (calibratedBy?.kind === "contextual") {
    const baseRates = contentFreeProbabilities(question, calibratedBy.contentFree, labelled, options);
    compete.forEach((rival, k) => {
      rival.score -= Math.log(baseRates[k]!);
    });
  }
  if (prior !== undefined && labelled)
    for (const rival of compete) rival.score += Math.log(prior[labels.indexOf(rival.label)]!);
  const highest = Math.max(...compete.map(({ score }) => score));
  const [best, ...equals] = compete.filter(({ score }) => score === highest);
  return {
    predicted: best!.label,
    tie: equals.length > 0,
    scores,
    labelScores: labelled ? compete : [],
  };
}

function scoresOf({ answers: asked }: Asked, answers: readonly AnswerScore[], rule: ScoreRule): number[] {
  return answers.map((answer, k) => scoreOf(answer, rule, asked[k]!.text));
}

function calibratedScores(question: Asked, scores: readonly number[], options: DecideOptions): number[] {
  const { calibratedBy, rule } = options;
  if (calibratedBy?.kind !== "pmi") return [...scores];
  const base = scoresOf(question, calibratedBy.premise, rule);
  return scores.map((score, k) => score - base[k]!);
}

/** The predictions that compete, in the order of their first answer, with their scores. */
function rivals(
  { answers }: Asked,
  scores: readonly number[],
  labelled: boolean,
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
  // Candidates that stand for no label compete one by one.
  const aggregate = labelled ? rule.aggregate : "max";
  return [...byPrediction].map(([label, words]) => ({ label, score: aggregateOf(words, aggregate) }));
}

/** The mean probability of each prediction over the content-free inputs, in the order of `rivals`. */
function contentFreeProbabilities(
  question: Asked,
  contentFree: readonly (readonly AnswerScore[])[],
  labelled: boolean,
  options: DecideOptions,
): number[] {
  const each = contentFree.map((answers) => {
    const compete = rivals(question, scoresOf(question, answers, options.rule), labelled, options);
    return softmax(compete.map(({ score }) => score));
  });
  return each[0]!.map((_, k) => each.reduce((sum, of) => sum + of[k]!, 0) / each.length);
}

/** Probabilities that are in proportion to exp(score). */
export function softmax(scores: readonly number[]): number[] {
  const highest = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - highest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
