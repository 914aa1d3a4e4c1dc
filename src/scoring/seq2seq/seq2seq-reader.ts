import type { JsonTokenizer } from "../../models/tokenizers/index.js";
import type { ClozeQuestion } from "../../patterns/index.js";
import { type ExportReaderOptions, type ExportText, makeExportReading } from "../export-text.js";
import { answerTokens, clozeId, cutParts, type EncodePart, fittingParts, textLength } from "../parts.js";
import { type LoadedReader, makeReader, type ReadCloze } from "../preview.js";
import type { PreparedQuestion, ReaderFacts } from "../reader.js";
import { chooseFraming } from "./choose-framing.js";
import type { DecoderFrame, Framing } from "./framing.js";

/** A question framed for an encoder-decoder: the encoder's tokens, and what the decoder reads around each answer. */
export interface Seq2SeqQuestion extends PreparedQuestion, DecoderFrame {
  readonly encoder: readonly number[];
}

export interface Seq2SeqReaderOptions extends ExportReaderOptions {
  /**
   * Whether the closing of an answer is scored (default: true). It requires the decoder to read every answer; without
   * it, the closings are empty lists, and all single-token answers of a question take one decoder row.
   */
  readonly closing?: boolean | undefined;
}

/**
 * Creates a reader for encoder-decoders that fill blanks: T5 with its sentinels, BART with its mask. Truncates once,
 * for the longest answer of a cloze, so that all answers are scored in the same context. A pattern's `||` has no
 * effect: the text is a single segment.
 * @param options maxLength: maximum number of tokens of the text with its special tokens and one answer, for both
 *   encoder and decoder
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
    const answers = answerTokens(question.id, cloze, encode, special.unk);
    const longest = Math.max(...answers.map(({ length }) => length));
    // The encoder has one token for the blank; the decoder has its start token instead of the last token, which it
    // does not read.
    const room = maxLength - frame.before.length - longest - frame.after.length;
    const { parts: whole, shotsDropped } = fittingParts(cloze, encode, (left) => textLength(left) - room);
    const cut = Math.max(0, textLength(whole) - room);
    const kept = cutParts(question.id, whole, cut, { truncation, limit: maxLength });
    const blank = kept.findIndex((part) => part.blank);
    const left = kept.slice(0, blank).flatMap(({ ids }) => ids);
    const right = kept.slice(blank + 1).flatMap(({ ids }) => ids);
    const decoder = framing.decoder(left, right);
    const prepared = {
      id: clozeId(question, number),
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
