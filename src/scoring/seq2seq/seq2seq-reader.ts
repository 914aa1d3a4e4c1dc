import type { JsonTokenizer } from "../../models/tokenizers/index.js";
import type { ClozeQuestion } from "../../patterns/index.js";
import { type ExportReaderOptions, type ExportText, makeExportReading } from "../export-text.js";
import {
  countTextTokens,
  cutParts,
  type EncodePart,
  encodeAnswers,
  fitParts,
  makeClozeId,
} from "../parts.js";
import { type LoadedReader, makeReader, type ReadCloze } from "../preview.js";
import type { PreparedQuestion, ReaderFacts } from "../reader.js";
import { chooseFraming } from "./choose-framing.js";
import type { DecoderFrame, Framing } from "./framing.js";

/** A question framed for an encoder-decoder: the encoder's tokens, and those that the decoder reads around each answer. */
export interface Seq2SeqQuestion extends PreparedQuestion, DecoderFrame {
  readonly encoder: readonly number[];
}

export interface Seq2SeqReaderOptions extends ExportReaderOptions {
  /**
   * Whether the closing of an answer is scored (default true). It makes the decoder read every answer; without it, the
   * closings are empty lists, and all single-token answers of a question share one decoder row.
   */
  readonly closing?: boolean | undefined;
}

/**
 * Makes a reader for an encoder-decoder that fills blanks: T5 with its sentinels, BART with its mask. The text is truncated
 * once, for the longest answer of a cloze, so all answers are judged in the same context. A pattern's `||` is ignored: the
 * text is one segment.
 * @param options maxLength: maximum number of tokens of the text with its special tokens and one answer, for encoder and decoder alike
 * @throws GlmEvalError (model) if the model's vocabulary has neither sentinels nor a mask
 */
export function seq2seqReader(
  model: ExportText,
  options: Seq2SeqReaderOptions = {},
): LoadedReader<Seq2SeqQuestion> {
  const { tokenizer } = model;
  const reading = makeExportReading(model, options);
  const framing = chooseFraming(model);
  return makeReader({
    ...reading,
    read: (question) =>
      read(question, tokenizer, { ...reading.facts, framing, closing: options.closing ?? true }),
    reads: ({ encoder, before, closing }) => [
      { input: "encoder", tokens: encoder },
      { input: "decoder", tokens: [...before, null, ...closing] },
    ],
  });
}

function read(
  question: ClozeQuestion,
  tokenizer: JsonTokenizer,
  {
    framing,
    closing,
    maxLength,
    truncation,
  }: ReaderFacts & { readonly framing: Framing; readonly closing: boolean },
): ReadCloze<Seq2SeqQuestion>[] {
  const encode: EncodePart = (text, options) => tokenizer.encode(text, options);
  const { frame, special } = tokenizer;
  return question.clozes.map((cloze, number) => {
    const answers = encodeAnswers(question.id, cloze, encode, special.unk);
    const longest = Math.max(...answers.map(({ length }) => length));
    // The encoder has one extra token, the blank; the decoder has its start token, but does not read the last token.
    const room = maxLength - frame.before.length - longest - frame.after.length;
    const { parts: whole, shotsDropped } = fitParts(cloze, encode, (left) => countTextTokens(left) - room);
    const cut = Math.max(0, countTextTokens(whole) - room);
    const kept = cutParts(question.id, whole, cut, { truncation, limit: maxLength });
    const blank = kept.findIndex((part) => part.blank);
    const left = kept.slice(0, blank).flatMap(({ ids }) => ids);
    const right = kept.slice(blank + 1).flatMap(({ ids }) => ids);
    const decoder = framing.decoder(left, right);
    const prepared = {
      id: makeClozeId(question, number),
      encoder: [...frame.before, ...left, framing.blank, ...right, ...frame.after],
      answers,
      before: decoder.before,
      closing: closing ? decoder.closing : [],
      cut,
      ...(shotsDropped > 0 && { shotsDropped }),
    };
    return { prepared, cloze: number, whole, kept };
  });
}
