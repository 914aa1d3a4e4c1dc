import { GlmEvalError } from "../../errors.js";
import type { JsonTokenizer } from "../../models/tokenizers/index.js";
import type { ClozeQuestion } from "../../patterns/index.js";
import { type ExportReaderOptions, type ExportText, exportReading } from "../export-text.js";
import type { ReaderOptions } from "../model-options.js";
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

/** A question framed for a masked model: the text to both sides of its blank, special tokens included. */
export interface MaskedQuestion extends PreparedQuestion {
  readonly text: FramedText;
}

/** The text to both sides of a blank, and the token type of whatever stands in it. */
export interface FramedText {
  readonly left: Side;
  readonly blankType: number;
  readonly right: Side;
}

/** Ids with their token types: 0 in segment A, the tokenizer's type of B after a pattern's `||`. */
export interface Side {
  readonly ids: readonly number[];
  readonly types: readonly number[];
}

/**
 * Reads questions as a masked language model does (BERT, RoBERTa, DeBERTa …): framed as the tokenizer frames one text, or
 * two with `||` between them. Cut once, for the longest answer of a cloze, so that all answers are judged in the same
 * context.
 * @param options maxLength: most tokens of the text with its special tokens and one answer
 * @throws GlmEvalError (model) where the model's tokenizer has no mask token
 */
export function maskedReader(
  model: ExportText,
  options: ExportReaderOptions & Pick<ReaderOptions, "decoding"> = {},
): LoadedReader<MaskedQuestion> {
  const { tokenizer } = model;
  maskOf(tokenizer);
  const reading = exportReading(model, options, options.decoding ?? "default");
  return readerOf({
    ...reading,
    read: (question) => read(question, tokenizer, reading.facts),
    reads: ({ text }) => [{ input: "text", tokens: [...text.left.ids, null, ...text.right.ids] }],
  });
}

/** The token that stands in a blank. @throws GlmEvalError (model) where there is none */
export function maskOf({ special: { mask } }: Pick<JsonTokenizer, "special">): number {
  if (mask !== undefined) return mask;
  throw new GlmEvalError(
    "model-not-supported",
    "the model's tokenizer has no mask token: it cannot be asked to fill a blank",
    { hint: "Masked models have one, like [MASK] or <mask>: see mask_token in tokenizer_config.json." },
  );
}

function read(
  question: ClozeQuestion,
  tokenizer: JsonTokenizer,
  { maxLength, truncation }: ReaderFacts,
): ReadCloze<MaskedQuestion>[] {
  const encode: EncodePart = (text, options) => tokenizer.encode(text, options);
  return question.clozes.map((cloze, number) => {
    const answers = answerTokens(question.id, cloze, encode, tokenizer.special.unk);
    const longest = Math.max(...answers.map(({ length }) => length));
    const two = cloze.pattern.parts.some(({ kind }) => kind === "segment");
    const { before, between, after } = tokenizer.frame;
    const special = before.length + (two ? between.length : 0) + after.length;
    const room = maxLength - special - longest;
    const { parts: whole, shotsDropped } = fittingParts(cloze, encode, (left) => textLength(left) - room);
    const cut = Math.max(0, textLength(whole) - room);
    const kept = cutParts(question.id, whole, cut, { truncation, limit: maxLength });
    const text = frame(kept, two, tokenizer.frame);
    const dropped = shotsDropped > 0 && { shotsDropped };
    const prepared = { id: clozeId(question, number), text, answers, cut, ...dropped };
    return { prepared, cloze: number, whole, kept };
  });
}

/** `before A after`, or `before A between B after` where the pattern has a `||` (`two`). */
function frame(
  parts: readonly TokenPart[],
  two: boolean,
  { before, between, after, typeOfB }: JsonTokenizer["frame"],
): FramedText {
  const of = (segment: 0 | 1, type: number) =>
    parts.filter((part) => part.segment === segment).map(({ ids, blank }) => ({ ids, type, blank }));
  const special = (ids: readonly number[], type: number) => ({ ids, type, blank: false });
  const pieces = [
    special(before, 0),
    ...of(0, 0),
    ...(two ? [special(between, 0)] : []),
    ...of(1, typeOfB),
    special(after, two ? typeOfB : 0),
  ];
  const blank = pieces.findIndex((piece) => piece.blank);
  const side = (some: typeof pieces): Side => ({
    ids: some.flatMap(({ ids }) => ids),
    types: some.flatMap(({ ids, type }) => ids.map(() => type)),
  });
  return {
    left: side(pieces.slice(0, blank)),
    blankType: pieces[blank]!.type,
    right: side(pieces.slice(blank + 1)),
  };
}
