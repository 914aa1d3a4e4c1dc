import { GlmEvalError } from "../../errors.js";
import type { ExportConfig } from "../../models/export/index.js";
import type { JsonTokenizer } from "../../models/tokenizers/index.js";
import type { Cloze, ClozeQuestion } from "../../patterns/index.js";
import { type ExportReaderOptions, type ExportText, exportReading } from "../export-text.js";
import {
  answerTokens,
  clozeId,
  cutParts,
  type EncodePart,
  fittingParts,
  type TokenPart,
  textLength,
} from "../parts.js";
import { type LoadedReader, type ReadCloze, readerOf } from "../preview.js";
import type { PreparedQuestion, ReaderFacts } from "../reader.js";

/** A question read from left to right: what stands before the blank, the answers, and what follows the blank. */
export interface CausalQuestion extends PreparedQuestion {
  /** at least one token */
  readonly context: readonly number[];
  readonly closing: readonly number[];
}

export interface CausalReaderOptions extends ExportReaderOptions {
  /** whether the text after the blank is scored (default true); without it that text is not read, the closings are empty */
  readonly closing?: boolean | undefined;
}

interface CausalReading extends Pick<ReaderFacts, "maxLength" | "truncation"> {
  /** what the model's template puts before a text */
  readonly before: readonly number[];
  /** the token to begin with where nothing else stands before the blank */
  readonly start: number | undefined;
  readonly closing: boolean;
}

/**
 * Reads questions as a model does that reads from left to right: the text before the blank is the context of the answers,
 * the text after it closes them. Cut once, for the longest answer of a cloze. What the model's template puts before a text
 * (`<s>`) is kept; what it puts after one is not, since the text goes on.
 */
export function causalReader(
  model: ExportText,
  options: CausalReaderOptions = {},
): LoadedReader<CausalQuestion> {
  const { config, tokenizer } = model;
  const reading = exportReading(model, options);
  const { maxLength, truncation } = reading.facts;
  const start = startToken(config, tokenizer);
  const { before } = tokenizer.frame;
  const closing = options.closing ?? true;
  return readerOf({
    ...reading,
    read: (question) => read(question, tokenizer, { maxLength, truncation, before, start, closing }),
    reads: (prepared) => [{ input: "text", tokens: [...prepared.context, null, ...prepared.closing] }],
  });
}

/** What a text begins with where nothing else stands before its blank, as lm-evaluation-harness begins one. */
function startToken(
  { bosTokenId, eosTokenId }: Pick<ExportConfig, "bosTokenId" | "eosTokenId">,
  { special }: Pick<JsonTokenizer, "special">,
): number | undefined {
  return special.bos ?? special.eos ?? bosTokenId ?? eosTokenId;
}

function read(
  question: ClozeQuestion,
  tokenizer: JsonTokenizer,
  reading: CausalReading,
): ReadCloze<CausalQuestion>[] {
  const encode: EncodePart = (text, options) => tokenizer.encode(text, options);
  return question.clozes.map((cloze, number) => {
    const answers = answerTokens(question.id, cloze, encode, tokenizer.special.unk);
    const longest = Math.max(...answers.map(({ length }) => length));
    const { context, closing, whole, kept, ...lost } = frame(question.id, cloze, longest, encode, reading);
    const prepared = { id: clozeId(question, number), context, answers, closing, ...lost };
    return { prepared, cloze: number, whole, kept };
  });
}

function frame(
  id: string,
  cloze: Cloze,
  longest: number,
  encode: EncodePart,
  { maxLength, truncation, start, closing, before }: CausalReading,
): Pick<CausalQuestion, "context" | "closing" | "cut" | "shotsDropped"> &
  Pick<ReadCloze<CausalQuestion>, "whole" | "kept"> {
  const blankOf = (parts: readonly TokenPart[]) => parts.findIndex((part) => part.blank);
  const readOf = (parts: readonly TokenPart[]) => (closing ? parts : parts.slice(0, blankOf(parts) + 1));
  const cutTo = (beginning: readonly number[]) => {
    const room = maxLength - beginning.length - longest;
    const fitting = fittingParts(cloze, encode, (parts) => textLength(readOf(parts)) - room);
    const parts = readOf(fitting.parts);
    const cut = Math.max(0, textLength(parts) - room);
    const kept = cutParts(id, parts, cut, { truncation, limit: maxLength });
    const blank = blankOf(kept);
    return {
      cut,
      ...(fitting.shotsDropped > 0 && { shotsDropped: fitting.shotsDropped }),
      context: [...beginning, ...idsOf(kept.slice(0, blank))],
      closing: idsOf(kept.slice(blank + 1)),
      whole: fitting.parts,
      kept,
    };
  };
  const framed = cutTo(before);
  if (framed.context.length > 0) return framed;
  if (start !== undefined) return cutTo([start]);
  throw new GlmEvalError(
    "nothing-before-blank",
    `${id}: nothing stands before the blank, and the model has no token to begin a text with`,
    { hint: "Ask it with a pattern that has text before the blank." },
  );
}

function idsOf(parts: readonly TokenPart[]): number[] {
  return parts.flatMap(({ ids }) => ids);
}
