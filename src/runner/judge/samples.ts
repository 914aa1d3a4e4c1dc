import type { Prediction } from "../../metrics/index.js";
import type { ClozeQuestion, RenderedPattern } from "../../patterns/index.js";
import type { AnswerScore, Closing } from "../../scoring/index.js";
import { type Example, goldTexts, type TaskPattern } from "../../tasks/index.js";
import type { JournalEntry } from "../record/journal.js";
import type { Decided, LabelScore } from "./decide.js";

/** One scored example with everything that was made of it: a line of samples/<task>.jsonl. */
export interface Sample {
  readonly id: string;
  readonly pattern: string;
  readonly text: string;
  readonly answers: readonly SampleAnswer[];
  /** where answers stand for labels */
  readonly labelScores?: readonly LabelScore[];
  readonly predicted: string;
  readonly label?: string;
  readonly gold?: readonly string[];
  readonly tie: boolean;
  /** tokens cut from the text to make it fit */
  readonly cut: number;
  /** ids of the examples shown before the question, in order */
  readonly fewshot?: readonly string[];
  /** how many of them, from the first, were left out to make the text fit */
  readonly shotsDropped?: number;
}

export interface SampleAnswer {
  readonly answer: string;
  readonly label?: string;
  readonly score: number;
  readonly tokenIds: readonly number[];
  readonly tokenLogProbs: readonly number[];
  readonly closing: Closing;
}

/** One scored example and what was decided. */
export interface JudgedExample {
  readonly example: Example;
  readonly question: ClozeQuestion;
  readonly entry: JournalEntry;
  readonly decided: Decided;
  /** ids of the examples shown before it */
  readonly shown: readonly string[] | undefined;
}

export function sampleOf(
  pattern: TaskPattern,
  { example, question, entry, decided, shown }: JudgedExample,
): Sample {
  const texts = question.clozes.flatMap((cloze) => cloze.answers);
  const gold = goldTexts(example, question.clozes);
  return {
    id: example.id,
    pattern: pattern.id,
    text: question.clozes.map((cloze) => plainText(cloze.pattern)).join("\n"),
    answers: entry.answers.map((answer: AnswerScore, k) => ({
      answer: texts[k]!.text,
      ...(texts[k]!.label !== undefined && { label: texts[k]!.label }),
      score: decided.scores[k]!,
      tokenIds: answer.tokenIds,
      tokenLogProbs: answer.tokenLogProbs,
      closing: answer.closing,
    })),
    ...(decided.labelScores.length > 0 && { labelScores: decided.labelScores }),
    predicted: decided.predicted,
    ...(example.label !== undefined && { label: example.label }),
    ...(gold && { gold }),
    tie: decided.tie,
    cut: entry.cut,
    ...(shown && { fewshot: shown }),
    ...(entry.shotsDropped !== undefined && { shotsDropped: entry.shotsDropped }),
  };
}

/** A rendered pattern as one reads it. */
function plainText(pattern: RenderedPattern): string {
  return pattern.parts
    .map((part) =>
      part.kind === "text"
        ? part.text
        : part.kind === "blank"
          ? `${pattern.spaceBeforeBlank ? " " : ""}[MASK]`
          : "",
    )
    .join("");
}

/** What the metrics judge. */
export function predictionOf({ example, question, decided }: JudgedExample): Prediction {
  const { label, group, cluster } = example;
  const { predicted } = decided;
  const gold = goldTexts(example, question.clozes);
  return {
    exampleId: example.id,
    predicted,
    ...(label !== undefined && { label }),
    ...(gold && { gold }),
    ...(group !== undefined && { group }),
    ...(cluster !== undefined && { cluster }),
  };
}
