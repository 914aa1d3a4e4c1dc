import type { Cloze, ClozeQuestion } from "../patterns/index.js";
import type { EncodePart, TokenPart } from "./parts.js";
import type { PreparedQuestion, Reader } from "./reader.js";

/** Tokens of one input of a model, in order: those it reads, then those it is to predict. */
export interface Sequence {
  readonly input: "text" | "encoder" | "decoder";
  /** ids; null in the place of an answer's tokens, or of as many masks */
  readonly tokens: readonly (number | null)[];
}

/** How one part of a pattern was tokenized and truncated. */
export interface PreviewPart {
  /** all of its tokens; empty for a blank or a border */
  readonly ids: readonly number[];
  /** how many of them remain, from the first, after truncation */
  readonly kept: number;
}

/** One prepared question, for users who want to see a model's input. */
export interface Preview<P extends PreparedQuestion = PreparedQuestion> {
  readonly prepared: P;
  /** index of its cloze, from 0 */
  readonly cloze: number;
  /** one per part of the cloze's pattern */
  readonly parts: readonly PreviewPart[];
  readonly reads: readonly Sequence[];
}

/** A reader that can show how it prepares a question. */
export interface LoadedReader<P extends PreparedQuestion = PreparedQuestion> extends Reader<P> {
  /** Returns the result of `prepare` with the steps that led to it. @throws GlmEvalError (data) as `prepare` does */
  preview(question: ClozeQuestion): Preview<P>[];
}

/** A prepared question with the parts that it was made from. */
export interface ReadCloze<P extends PreparedQuestion> {
  readonly prepared: P;
  readonly cloze: number;
  /** parts before truncation, without those of dropped few-shot examples */
  readonly whole: readonly TokenPart[];
  readonly kept: readonly TokenPart[];
}

/** What a family defines for its reader. */
export interface Reading<P extends PreparedQuestion>
  extends Pick<Reader<P>, "facts" | "notes" | "unknown" | "token"> {
  readonly encode: EncodePart;
  read(question: ClozeQuestion): ReadCloze<P>[];
  reads(prepared: P): Sequence[];
}

export function makeReader<P extends PreparedQuestion>(reading: Reading<P>): LoadedReader<P> {
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
    const findIds = (parts: readonly TokenPart[]) => parts.find((each) => each.at === at)?.ids;
    // A dropped few-shot example is not among them.
    const encodeDropped = () => (part.kind === "text" ? encode(part.text, { first: at === 0 }) : []);
    return { ids: findIds(whole) ?? encodeDropped(), kept: findIds(kept)?.length ?? 0 };
  });
}
