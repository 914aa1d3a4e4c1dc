import type { Cloze, ClozeQuestion } from "../patterns/index.js";
import type { EncodePart, TokenPart } from "./parts.js";
import type { PreparedQuestion, Reader } from "./reader.js";

/** Tokens of one input of a model, in order: what it reads, and what it is to predict behind that. */
export interface Sequence {
  readonly input: "text" | "encoder" | "decoder";
  /** ids; null where an answer's tokens stand, or as many masks as they are */
  readonly tokens: readonly (number | null)[];
}

/** What became of one part of a pattern. */
export interface PreviewPart {
  /** all of its tokens; none of a blank or a border */
  readonly ids: readonly number[];
  /** how many of them are left, from the first, where the text is cut to length */
  readonly kept: number;
}

/** One prepared question, for people who want to see what a model is asked. */
export interface Preview<P extends PreparedQuestion = PreparedQuestion> {
  readonly prepared: P;
  /** number of the cloze that it is of, from 0 */
  readonly cloze: number;
  /** one for each part of the cloze's pattern */
  readonly parts: readonly PreviewPart[];
  readonly reads: readonly Sequence[];
}

/** A reader that shows what it makes of a question. */
export interface LoadedReader<P extends PreparedQuestion = PreparedQuestion> extends Reader<P> {
  /** What `prepare` gives, with how it came about. @throws GlmEvalError (data) as `prepare` does */
  preview(question: ClozeQuestion): Preview<P>[];
}

/** A prepared question with the parts that it was made of. */
export interface ReadCloze<P extends PreparedQuestion> {
  readonly prepared: P;
  readonly cloze: number;
  /** parts before they were cut, those of few-shot examples that had to go left out */
  readonly whole: readonly TokenPart[];
  readonly kept: readonly TokenPart[];
}

/** What a family says of its reader. */
export interface Reading<P extends PreparedQuestion>
  extends Pick<Reader<P>, "facts" | "notes" | "unknown" | "token"> {
  readonly encode: EncodePart;
  read(question: ClozeQuestion): ReadCloze<P>[];
  reads(prepared: P): Sequence[];
}

export function readerOf<P extends PreparedQuestion>(reading: Reading<P>): LoadedReader<P> {
  const { facts, notes, unknown, token, encode, read, reads } = reading;
  const { family, maxLength, truncation } = facts;
  return {
    ...{ family, maxLength, truncation, facts, notes, unknown, token },
    encode: (text, options = { first: false }) => encode(text, options),
    prepare: (question) => read(question).map(({ prepared }) => prepared),
    preview: (question) =>
      read(question).map(({ prepared, cloze, whole, kept }) => ({
        prepared,
        cloze,
        parts: previewParts(question.clozes[cloze]!, whole, kept, encode),
        reads: reads(prepared),
      })),
  };
}

function previewParts(
  { pattern }: Cloze,
  whole: readonly TokenPart[],
  kept: readonly TokenPart[],
  encode: EncodePart,
): PreviewPart[] {
  return pattern.parts.map((part, at) => {
    const of = (parts: readonly TokenPart[]) => parts.find((each) => each.at === at)?.ids;
    // A few-shot example that was left out is not among them.
    const unread = () => (part.kind === "text" ? encode(part.text, { first: at === 0 }) : []);
    return { ids: of(whole) ?? unread(), kept: of(kept)?.length ?? 0 };
  });
}
