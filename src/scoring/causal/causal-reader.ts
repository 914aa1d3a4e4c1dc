import { GlmEvalError } from "../../errors.js";
import type { ExportConfig } from "../../models/export/index.js";
import type { JsonTokenizer } from "../../models/tokenizers/index.js";
import type { Cloze, ClozeQuestion } from "../../patterns/index.js";
import { type ExportReaderOptions, type ExportText, makeExportReading } from "../export-text.js";
import {
  answerTokens,
  clozeId,
  cutParts,
  type EncodePart,
  fittingParts,
  type TokenPart,
  textLength,
} from "../parts.js";
import { type LoadedReader, makeReader, type ReadCloze } from "../preview.js";
import type { PreparedQuestion, ReaderFacts } from "../reader.js";

/** A question read left to right: the text before the blank, the answers, and the text after the blank. */
export interface CausalQuestion extends PreparedQuestion {
  /** at least one token */
  readonly context: readonly number[];
  readonly closing: readonly number[];
}

export interface CausalReaderOptions extends ExportReaderOptions {
  /** whether the text after the blank is scored (default: true); if not, it is not read and the closings are empty */
  readonly closing?: boolean | undefined;
}

interface CausalReading extends Pick<ReaderFacts, "maxLength" | "truncation"> {
  /** the tokens that the model's template puts before a text */
  readonly before: readonly number[];
  /** the token to start with if nothing else precedes the blank */
  readonly start: number | undefined;
  readonly closing: boolean;
}

/**
 * Creates a reader for left-to-right models: the text before the blank is the context of the answers, the text after it
 * closes them. Truncates once, for the longest answer of a cloze. Tokens that the model's template puts before a text
 * (`<s>`) are kept; tokens that it puts after one are not, because the text continues.
 */
export function causalReader(
  model: ExportText,
  options: CausalReaderOptions = {},
): LoadedReader<CausalQuestion> {
  const { config, tokenizer } = model;
  const reading = makeExportReading(model, options);
  const { maxLength, truncation } = reading.facts;
  const start = chooseStartToken(config, tokenizer);
  const { before } = tokenizer.frame;
  const closing = options.closing ?? true;
  return makeReader({
    ...reading,
    read: (question) => read(question, tokenizer, { maxLength, truncation, before, start, closing }),
    reads: (prepared) => [{ input: "text", tokens: [...prepared.context, null, ...prepared.closing] }],
  });
}

/** Chooses the token to start a text with if nothing else precedes its blank, like lm-evaluation-harness. */
function chooseStartToken(
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
  const findBlank = (parts: readonly TokenPart[]) => parts.findIndex((part) => part.blank);
  const dropUnread = (parts: readonly TokenPart[]) =>
    closing ? parts : parts.slice(0, findBlank(parts) + 1);
  const cutTo = (beginning: readonly number[]) => {
    const room = maxLength - beginning.length - longest;
    const fitting = fittingParts(cloze, encode, (parts) => textLength(dropUnread(parts)) - room);
    const parts = dropUnread(fitting.parts);
    const cut = Math.max(0, textLength(parts) - room);
    const kept = cutParts(id, parts, cut, { truncation, limit: maxLength });
    const blank = findBlank(kept);
    return {
      cut,
      ...(fitting.shotsDropped > 0 && { shotsDropped: fitting.shotsDropped }),
      context: [...beginning, ...collectIds(kept.slice(0, blank))],
      closing: collectIds(kept.slice(blank + 1)),
      whole: fitting.parts,
      kept,
    };
  };
  const framed = cutTo(before);
  if (framed.context.length > 0) return framed;
  if (start !== undefined) return cutTo([start]);
  throw new GlmEvalError(
    "nothing-before-blank",
    `${id}: nothing precedes the blank, and the model has no token to start a text with`,
    { hint: "Use a pattern with text before the blank." },
  );
}

function collectIds(parts: readonly TokenPart[]): number[] {
  return parts.flatMap(({ ids }) => ids);
}
