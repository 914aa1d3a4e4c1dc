import { GlmEvalError } from "../../errors.js";
import type { ExportConfig } from "../../models/export/index.js";
import type { JsonTokenizer } from "../../models/tokenizers/index.js";
import type { Cloze, ClozeQuestion } from "../../patterns/index.js";
import {
  answerTokens,
  clozeId,
  cutParts,
  type EncodePart,
  fittingParts,
  type TokenPart,
  textLength,
} from "../parts.js";
import type { PreparedQuestion, ReadOptions } from "../scorer.js";

/** A question read from left to right: what stands before the blank, the answers, and what follows the blank. */
export interface CausalQuestion extends PreparedQuestion {
  /** at least one token */
  readonly context: readonly number[];
  readonly closing: readonly number[];
}

/** What a text begins with where nothing else stands before its blank, as lm-evaluation-harness begins one. */
export function startToken(
  { bosTokenId, eosTokenId }: Pick<ExportConfig, "bosTokenId" | "eosTokenId">,
  { special }: Pick<JsonTokenizer, "special">,
): number | undefined {
  return special.bos ?? special.eos ?? bosTokenId ?? eosTokenId;
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
    const encode: EncodePart = (text, options) => tokenizer.encode(text, options);
    const answers = answerTokens(question.id, cloze, encode, tokenizer.special.unk);
    const longest = Math.max(...answers.map(({ length }) => length));
    const { context, closing, ...lost } = frame(question.id, cloze, longest, encode, {
      ...reading,
      before: tokenizer.frame.before,
    });
    const tails = answers.reduce((sum, answer) => sum + answer.length + closing.length, 0);
    const length = (reading.shares ? 1 : answers.length) * context.length + tails;
    return { id: clozeId(question, number), context, answers, closing, length, ...lost };
  });
}

function frame(
  id: string,
  cloze: Cloze,
  longest: number,
  encode: EncodePart,
  { maxLength, truncation, start, closing, before }: CausalReading & { readonly before: readonly number[] },
): { cut: number; shotsDropped?: number; context: number[]; closing: number[] } {
  const blankOf = (parts: readonly TokenPart[]) => parts.findIndex((part) => part.blank);
  const read = (parts: readonly TokenPart[]) => (closing ? parts : parts.slice(0, blankOf(parts) + 1));
  const cutTo = (beginning: readonly number[]) => {
    const room = maxLength - beginning.length - longest;
    const fitting = fittingParts(cloze, encode, (parts) => textLength(read(parts)) - room);
    const parts = read(fitting.parts);
    const cut = Math.max(0, textLength(parts) - room);
    const kept = cutParts(id, parts, cut, { truncation, limit: maxLength });
    const blank = blankOf(kept);
    return {
      cut,
      ...(fitting.shotsDropped > 0 && { shotsDropped: fitting.shotsDropped }),
      context: [...beginning, ...idsOf(kept.slice(0, blank))],
      closing: idsOf(kept.slice(blank + 1)),
    };
  };
  const framed = cutTo(before);
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
