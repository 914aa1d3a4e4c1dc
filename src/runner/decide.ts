import type { ClozeQuestion } from "../patterns/index.js";
import type { AnswerScore } from "../scoring/index.js";
import type { Decision } from "../tasks/index.js";
import { type ScoreRule, scoreOf } from "./conventions.js";

export interface Decided {
  /** a label of the task, or the text of the best answer */
  readonly predicted: string;
  /** whether another prediction had exactly the same score */
  readonly tie: boolean;
  /** the answers' scores, in order */
  readonly scores: readonly number[];
}

/**
 * Turns the scores of a question's answers into a prediction. Among equal scores the first answer wins, and the tie
 * is told.
 * @param labels the task's labels; "first" and "greedy" choose between the first two
 */
export function decide(
  question: ClozeQuestion,
  answers: readonly AnswerScore[],
  options: { decision: Decision; labels: readonly string[]; rule: ScoreRule },
): Decided {
  const { decision, labels, rule } = options;
  const texts = question.clozes.flatMap((cloze) => cloze.answers);
  const scores = answers.map((answer) => scoreOf(answer, rule));
  if (decision === "greedy") {
    const [only] = answers;
    const exact = [...only!.isGreedy, ...only!.closing.isGreedy].every(Boolean);
    return { predicted: labels[exact ? 1 : 0]!, tie: false, scores };
  }
  const best = scores.indexOf(Math.max(...scores));
  const predictionOf = (k: number): string =>
    decision === "first" ? labels[k === 0 ? 1 : 0]! : (texts[k]!.label ?? texts[k]!.text.trim());
  const predicted = predictionOf(best);
  const tie = scores.some((score, k) => score === scores[best] && predictionOf(k) !== predicted);
  return { predicted, tie, scores };
}
