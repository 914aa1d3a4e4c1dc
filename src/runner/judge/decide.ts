import type { ClozeQuestion } from "../../patterns/index.js";
import type { AnswerScore } from "../../scoring/index.js";
import type { Decision } from "../../tasks/index.js";
import { aggregateOf, type ScoreRule, scoreOf } from "./conventions.js";

export interface Decided {
  /** a label of the task, or the text of the best answer */
  readonly predicted: string;
  /** whether another prediction had exactly the same score */
  readonly tie: boolean;
  /** the answers' scores, in order */
  readonly scores: readonly number[];
  /** each label's score, in the order of its first answer; empty where answers do not stand for labels */
  readonly labelScores: readonly LabelScore[];
}

export interface LabelScore {
  readonly label: string;
  readonly score: number;
}

/**
 * Turns the scores of a question's answers into a prediction. Where answers stand for labels, the labels compete, each
 * with the scores of its words put together as `rule.aggregate` says, and the logarithm of its prior. Among equal scores the first answer wins, and the
 * tie is told.
 * @param labels the task's labels; "first" and "greedy" choose between the first two
 */
export function decide(
  question: ClozeQuestion,
  answers: readonly AnswerScore[],
  options: {
    decision: Decision;
    labels: readonly string[];
    /** probabilities of the labels, in their order, whose logarithms are added to their scores */
    prior?: readonly number[] | undefined;
    rule: ScoreRule;
  },
): Decided {
  const { decision, labels, prior, rule } = options;
  const texts = question.clozes.flatMap((cloze) => cloze.answers);
  const scores = answers.map((answer) => scoreOf(answer, rule));
  if (decision === "greedy") {
    const [only] = answers;
    const exact = [...only!.isGreedy, ...only!.closing.isGreedy].every(Boolean);
    return { predicted: labels[exact ? 1 : 0]!, tie: false, scores, labelScores: [] };
  }
  const byPrediction = new Map<string, number[]>();
  for (const [k, score] of scores.entries()) {
    const { label, text } = texts[k]!;
    const predicted = decision === "first" ? labels[k === 0 ? 1 : 0]! : (label ?? text.trim());
    byPrediction.set(predicted, [...(byPrediction.get(predicted) ?? []), score]);
  }
  const labelled = decision === "best" && texts.every(({ label }) => label !== undefined);
  // Candidates that stand for no label compete one by one.
  const aggregate = labelled ? rule.aggregate : "max";
  const priorOf = (label: string): number =>
    prior === undefined || !labelled ? 0 : Math.log(prior[labels.indexOf(label)]!);
  const rivals = [...byPrediction].map(([label, words]) => ({
    label,
    score: aggregateOf(words, aggregate) + priorOf(label),
  }));
  const highest = Math.max(...rivals.map(({ score }) => score));
  const [best, ...equals] = rivals.filter(({ score }) => score === highest);
  return { predicted: best!.label, tie: equals.length > 0, scores, labelScores: labelled ? rivals : [] };
}
