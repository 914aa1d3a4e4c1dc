import type { JsonTokenizer } from "../../models/tokenizers/index.js";
import type { ClozeQuestion } from "../../patterns/index.js";
import { answerTokens, clozeId, cutParts, type EncodePart, fittingParts, textLength } from "../parts.js";
import type { PreparedQuestion, ReadOptions } from "../scorer.js";
import { decoderRows } from "./decoder-rows.js";
import type { DecoderFrame, Framing } from "./framing.js";

/** A question framed for an encoder-decoder: the encoder's tokens, and what the decoder reads around each answer. */
export interface Seq2SeqQuestion extends PreparedQuestion, DecoderFrame {
  readonly encoder: readonly number[];
}

export interface Reading extends ReadOptions {
  readonly framing: Framing;
  /** whether what closes an answer is scored */
  readonly closing: boolean;
}

/**
 * Tokenises a question part by part, cuts it to length and frames it. Cut once, for the longest answer of a cloze, so
 * that all answers are judged in the same context. A pattern's `||` says nothing here: the text is one.
 * @param reading maxLength: most tokens of the text with its special tokens and one answer, for encoder and decoder alike
 * @throws GlmEvalError("data") as `answerTokens` and `cutParts` do
 */
export function prepare(
  question: ClozeQuestion,
  tokenizer: JsonTokenizer,
  { framing, closing, maxLength, truncation }: Reading,
): Seq2SeqQuestion[] {
  const encode: EncodePart = (text, options) => tokenizer.encode(text, options);
  const { frame, special } = tokenizer;
  return question.clozes.map((cloze, number) => {
    const answers = answerTokens(question.id, cloze, encode, special.unk);
    const longest = Math.max(...answers.map(({ length }) => length));
    // The encoder has one token for the blank, the decoder its start for the last token that it does not read.
    const room = maxLength - frame.before.length - longest - frame.after.length;
    const { parts, shotsDropped } = fittingParts(cloze, encode, (left) => textLength(left) - room);
    const cut = Math.max(0, textLength(parts) - room);
    const kept = cutParts(question.id, parts, cut, { truncation, limit: maxLength });
    const blank = kept.findIndex((part) => part.blank);
    const left = kept.slice(0, blank).flatMap(({ ids }) => ids);
    const right = kept.slice(blank + 1).flatMap(({ ids }) => ids);
    const encoder = [...frame.before, ...left, framing.blank, ...right, ...frame.after];
    const decoder = framing.decoder(left, right);
    const asked = { answers, before: decoder.before, closing: closing ? decoder.closing : [] };
    const written = decoderRows(asked).reduce((sum, { ids }) => sum + ids.length, 0);
    return {
      id: clozeId(question, number),
      encoder,
      ...asked,
      cut,
      length: Math.max(encoder.length, written),
      ...(shotsDropped > 0 && { shotsDropped }),
    };
  });
}
