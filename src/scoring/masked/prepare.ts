import type { JsonTokenizer } from "../../models/tokenizers/index.js";
import type { ClozeQuestion } from "../../patterns/index.js";
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
 * Tokenises a question part by part, cuts it to length and frames it as the tokenizer frames one text, or two with `||`
 * between them. Cut once, for the longest answer of a cloze, so that all answers are judged in the same context.
 * @param options maxLength: most tokens of the text with its special tokens and one answer
 * @param widestStep tokens of all rows that a question takes at its widest step
 * @throws GlmEvalError("data") as `answerTokens` and `cutParts` do
 */
export function prepare(
  question: ClozeQuestion,
  tokenizer: JsonTokenizer,
  options: ReadOptions,
  widestStep: (question: Pick<MaskedQuestion, "text" | "answers">) => number,
): MaskedQuestion[] {
  const encode: EncodePart = (text, options) => tokenizer.encode(text, options);
  return question.clozes.map((cloze, number) => {
    const answers = answerTokens(question.id, cloze, encode, tokenizer.special.unk);
    const longest = Math.max(...answers.map(({ length }) => length));
    const two = cloze.pattern.parts.some(({ kind }) => kind === "segment");
    const { before, between, after } = tokenizer.frame;
    const special = before.length + (two ? between.length : 0) + after.length;
    const { maxLength, truncation } = options;
    const room = maxLength - special - longest;
    const { parts, shotsDropped } = fittingParts(cloze, encode, (left) => textLength(left) - room);
    const cut = Math.max(0, textLength(parts) - room);
    const kept = cutParts(question.id, parts, cut, { truncation, limit: maxLength });
    const text = frame(kept, two, tokenizer.frame);
    return {
      id: clozeId(question, number),
      text,
      answers,
      cut,
      length: widestStep({ text, answers }),
      ...(shotsDropped > 0 && { shotsDropped }),
    };
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
