import type { Prediction } from "../../metrics/index.js";
import type { Sample } from "../../results/index.js";
import type { JournalEntry } from "../record/journal.js";
import type { QuestionRecord } from "../record/question.js";
import type { Decided } from "./decide.js";

/** One scored example and what was decided. */
export interface JudgedExample {
  readonly question: QuestionRecord;
  readonly entry: JournalEntry;
  readonly decided: Decided;
}

/** @param model the model's name in the run */
export function sampleOf(model: string, { question, entry, decided }: JudgedExample): Sample {
  const { label, gold, group, cluster, fewshot } = question;
  return {
    model,
    id: question.example,
    pattern: question.pattern,
    text: question.text,
    answers: entry.answers.map(({ tokenIds, tokens, tokenLogProbs, closing }, k) => {
      const { text, label: of } = question.answers[k]!;
      return {
        answer: text,
        ...(of !== undefined && { label: of }),
        score: decided.scores[k]!,
        tokenIds,
        tokens,
        tokenLogProbs,
        closing,
      };
    }),
    ...(decided.labelScores.length > 0 && { labelScores: decided.labelScores }),
    predicted: decided.predicted,
    ...(label !== undefined && { label }),
    ...(gold && { gold }),
    ...(group !== undefined && { group }),
    ...(cluster !== undefined && { cluster }),
    tie: decided.tie,
    cut: entry.cut,
    ...(fewshot && { fewshot }),
    ...(entry.shotsDropped !== undefined && { shotsDropped: entry.shotsDropped }),
  };
}

/** What the metrics judge. */
export function predictionOf({ question, decided }: Pick<JudgedExample, "question" | "decided">): Prediction {
  const { example, label, gold, group, cluster } = question;
  const { predicted, labelScores } = decided;
  return {
    exampleId: example,
    predicted,
    ...(label !== undefined && { label }),
    ...(gold && { gold }),
    ...(group !== undefined && { group }),
    ...(cluster !== undefined && { cluster }),
    ...(labelScores.length > 0 && { scores: labelScores }),
  };
}
