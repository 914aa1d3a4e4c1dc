import { GlmEvalError } from "../../errors.js";
import type { JsonTokenizer } from "../../models/tokenizers/index.js";
import type { Cloze, ClozeQuestion } from "../../patterns/index.js";
import { answerTokens, clozeId, cutParts, type TokenPart, textLength, tokenParts } from "../parts.js";
import type { PreparedQuestion, ReadOptions } from "../scorer.js";

/** A question read from left to right: what stands before the blank, the answers, and what follows the blank. */
export interface CausalQuestion extends PreparedQuestion {
  /** at least one token */
  readonly context: readonly number[];
  readonly answers: readonly (readonly number[])[];
  readonly closing: readonly number[];
}

export interface CausalReading extends ReadOptions {
  /** the token to begin with where nothing else stands before the blank */
  readonly start: number | undefined;
  /** whether the answers' shared context is computed once */
  readonly shares: boolean;
  /** whether the text after the blank is read */
  readonly closing: boolean;
}

/**
 * Tokenises a question part by part and cuts it to length, each cloze for its longest answer. What the model's
 * template puts before a text (`<s>`) is kept; what it puts after one is not, since the text goes on.
 */
export function prepare(
  question: ClozeQuestion,
  tokenizer: JsonTokenizer,
  reading: CausalReading,
): CausalQuestion[] {
  return question.clozes.map((cloze, number): CausalQuestion => {
    const answers = answerTokens(
      question.id,
      cloze,
      (text, options) => tokenizer.encode(text, options),
      tokenizer.special.unk,
    );
    const longest = Math.max(...answers.map(({ length }) => length));
    const { cut, context, closing } = frame(question.id, cloze, longest, tokenizer, reading);
    const tails = answers.reduce((sum, answer) => sum + answer.length + closing.length, 0);
    const length = (reading.shares ? 1 : answers.length) * context.length + tails;
    return { id: clozeId(question, number), context, answers, closing, cut, length };
  });
}

function frame(
  id: string,
  cloze: Cloze,
  longest: number,
  tokenizer: JsonTokenizer,
  { maxLength, truncation, start, closing }: CausalReading,
): { cut: number; context: number[]; closing: number[] } {
  const all = tokenParts(cloze, (text, options) => tokenizer.encode(text, options));
  const blank = all.findIndex((part) => part.blank);
  const parts = closing ? all : all.slice(0, blank + 1);
  const cutTo = (before: readonly number[]) => {
    const cut = Math.max(0, before.length + textLength(parts) + longest - maxLength);
    const kept = cutParts(id, parts, cut, { truncation, limit: maxLength });
    return {
      cut,
      context: [...before, ...idsOf(kept.slice(0, blank))],
      closing: idsOf(kept.slice(blank + 1)),
    };
  };
  const framed = cutTo(tokenizer.frame.before);
  if (framed.context.length > 0) return framed;
  if (start !== undefined) return cutTo([start]);
  throw new GlmEvalError(
    "data",
    `${id}: nothing stands before the blank, and the model has no token to begin a text with`,
    { hint: "Ask it with a pattern that has text before the blank." },
  );
}

function idsOf(parts: readonly TokenPart[]): number[] {
  return parts.flatMap(({ ids }) => ids);
}
