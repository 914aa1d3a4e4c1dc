import { isJudgedAlike, type Prediction } from "../../metrics/index.js";
import type { Sample } from "../../results/index.js";
import { findSameTokens } from "../../scoring/index.js";
import type { JournalEntry } from "../record/journal.js";
import { dropShots, type QuestionRecord } from "../record/question.js";
import type { Decided } from "./decide.js";

/** One scored example and its prediction. */
export interface JudgedExample {
  readonly question: QuestionRecord;
  readonly entry: JournalEntry;
  readonly decided: Decided;
}

/**
 * Makes a sample from a judged example.
 * @param model the model's name in the run
 */
export function makeSample(model: string, { question, entry, decided }: JudgedExample): Sample {
  const { label, gold, group, cluster, fewshot } = question;
  const { scores, labelScores, predicted, tie } = decided;
  return {
    model,
    id: question.example,
    pattern: question.pattern,
    text: dropShots(question, entry.shotsDropped ?? 0),
    answers: entry.answers.map(({ tokenIds, tokens, tokenLogProbs, closing }, k) => {
      const { text, label } = question.answers[k]!;
      return { answer: text, label, score: scores[k]!, tokenIds, tokens, tokenLogProbs, closing };
    }),
    labelScores: labelScores.length > 0 ? labelScores : undefined,
    predicted,
    ...{ label, gold, group, cluster, tie },
    cut: entry.cut,
    fewshot,
    shotsDropped: entry.shotsDropped,
  };
}

/** Whether two of the answers to one text have the same tokens although they are judged differently. */
export function hasSameTokens({ question, entry }: Pick<JudgedExample, "question" | "entry">): boolean {
  if (question.texts !== undefined) return false;
  const answers = question.answers.map((answer, k) => ({ ...answer, ids: entry.answers[k]!.tokenIds }));
  return findSameTokens(answers, isJudgedAlike).length > 0;
}

/** Makes the input of the metrics from a judged example. */
export function makePrediction({
  question,
  decided,
}: Pick<JudgedExample, "question" | "decided">): Prediction {
  const { example: exampleId, label, gold, group, cluster } = question;
  const { predicted, labelScores } = decided;
  return {
    ...{ exampleId, predicted, label, gold, group, cluster },
    scores: labelScores.length > 0 ? labelScores : undefined,
  };
}
