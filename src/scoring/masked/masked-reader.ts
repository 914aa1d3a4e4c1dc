import { GlmEvalError } from "../../errors.js";
import type { JsonTokenizer } from "../../models/tokenizers/index.js";
import type { ClozeQuestion } from "../../patterns/index.js";
import { type ExportReaderOptions, type ExportText, makeExportReading } from "../export-text.js";
import type { ReaderOptions } from "../model-options.js";
import {
  countTextTokens,
  cutParts,
  type EncodePart,
  encodeAnswers,
  fitParts,
  makeClozeId,
  type TokenPart,
} from "../parts.js";
import { type LoadedReader, makeReader, type ReadCloze } from "../preview.js";
import type { PreparedQuestion, ReaderFacts } from "../reader.js";

/** A question framed for a masked model: the text on both sides of its blank, including special tokens. */
export interface MaskedQuestion extends PreparedQuestion {
  readonly text: FramedText;
}

/** The text on both sides of a blank, and the token type of its content. */
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
 * Makes a reader for a masked language model (BERT, RoBERTa, DeBERTa …): questions are framed as the tokenizer frames one
 * text, or two with `||` between them. The text is truncated once, for the longest answer of a cloze, so all answers are
 * judged in the same context.
 * @param options maxLength: maximum number of tokens of the text with its special tokens and one answer
 * @throws GlmEvalError (model) if the model's tokenizer has no mask token
 */
export function maskedReader(
  model: ExportText,
  options: ExportReaderOptions & Pick<ReaderOptions, "decoding"> = {},
): LoadedReader<MaskedQuestion> {
  const { tokenizer } = model;
  getMaskToken(tokenizer);
  const reading = makeExportReading(model, options, options.decoding ?? "default");
  return makeReader({
    ...reading,
    read: (question) => read(question, tokenizer, reading.facts),
    reads: ({ text }) => [{ input: "text", tokens: [...text.left.ids, null, ...text.right.ids] }],
  });
}

/** Returns the mask token. @throws GlmEvalError (model) if there is none */
export function getMaskToken({ special: { mask } }: Pick<JsonTokenizer, "special">): number {
  if (mask !== undefined) return mask;
  throw new GlmEvalError(
    "model-not-supported",
    "the model's tokenizer has no mask token, so it cannot fill a blank",
    {
      hint: "Choose a masked model; these have one, like [MASK] or <mask>: see mask_token in tokenizer_config.json.",
    },
  );
}

function read(
  question: ClozeQuestion,
  tokenizer: JsonTokenizer,
  { maxLength, truncation }: ReaderFacts,
): ReadCloze<MaskedQuestion>[] {
  const encode: EncodePart = (text, options) => tokenizer.encode(text, options);
  return question.clozes.map((cloze, number) => {
    const answers = encodeAnswers(question.id, cloze, encode, tokenizer.special.unk);
    const longest = Math.max(...answers.map(({ length }) => length));
    const two = cloze.pattern.parts.some(({ kind }) => kind === "segment");
    const { before, between, after } = tokenizer.frame;
    const special = before.length + (two ? between.length : 0) + after.length;
    const room = maxLength - special - longest;
    const { parts: whole, shotsDropped } = fitParts(cloze, encode, (left) => countTextTokens(left) - room);
    const cut = Math.max(0, countTextTokens(whole) - room);
    const kept = cutParts(question.id, whole, cut, { truncation, limit: maxLength });
    const text = frame(kept, two, tokenizer.frame);
    const dropped = shotsDropped > 0 && { shotsDropped };
    const prepared = { id: makeClozeId(question, number), text, answers, cut, ...dropped };
    return { prepared, cloze: number, whole, kept };
  });
}

/** Frames a text as `before A after`, or as `before A between B after` if the pattern has a `||` (`two`). */
function frame(
  parts: readonly TokenPart[],
  two: boolean,
  { before, between, after, typeOfB }: JsonTokenizer["frame"],
): FramedText {
  const getSegment = (segment: 0 | 1, type: number) =>
    parts.filter((part) => part.segment === segment).map(({ ids, blank }) => ({ ids, type, blank }));
  const special = (ids: readonly number[], type: number) => ({ ids, type, blank: false });
  const pieces = [
    special(before, 0),
    ...getSegment(0, 0),
    ...(two ? [special(between, 0)] : []),
    ...getSegment(1, typeOfB),
    special(after, two ? typeOfB : 0),
  ];
  const blank = pieces.findIndex((piece) => piece.blank);
  const joinSide = (some: typeof pieces): Side => ({
    ids: some.flatMap(({ ids }) => ids),
    types: some.flatMap(({ ids, type }) => ids.map(() => type)),
  });
  return {
    left: joinSide(pieces.slice(0, blank)),
    blankType: pieces[blank]!.type,
    right: joinSide(pieces.slice(blank + 1)),
  };
}
