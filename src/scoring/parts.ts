import { GlmEvalError } from "../errors.js";
import { type Cloze, type Part, truncate } from "../patterns/index.js";

/** Encodes one part of a text. `first`: whether it starts the text, which matters to SentencePiece vocabularies. */
export type EncodePart = (text: string, options: { readonly first: boolean }) => readonly number[];

/** A part of a rendered pattern as ids. The blank has none: each family fills it in its own way. */
export interface TokenPart {
  /** its index among the pattern's parts */
  readonly at: number;
  readonly ids: readonly number[];
  readonly shortenable: boolean;
  readonly segment: 0 | 1;
  readonly blank: boolean;
}

/** A cloze's parts with as many few-shot examples as fit. */
export interface FittingParts {
  readonly parts: readonly TokenPart[];
  /** number of few-shot examples that were dropped, starting with the first */
  readonly shotsDropped: number;
}

/** How a text is truncated, by the rules of `truncate`. */
export type Truncation = "glm" | "longest";

/**
 * Encodes a cloze's parts, each separately, in order, including the blank.
 * @param isRead whether to keep a part; other parts are dropped
 */
function tokenParts({ pattern }: Cloze, encode: EncodePart, isRead: (part: Part) => boolean): TokenPart[] {
  const parts: TokenPart[] = [];
  let segment: 0 | 1 = 0;
  for (const [at, part] of pattern.parts.entries()) {
    if (!isRead(part)) continue;
    if (part.kind === "segment") segment = 1;
    else if (part.kind === "blank") parts.push({ at, ids: [], shortenable: false, segment, blank: true });
    else {
      const ids = encode(part.text, { first: parts.length === 0 });
      parts.push({ at, ids, shortenable: part.shortenable, segment, blank: false });
    }
  }
  return parts;
}

/**
 * Encodes a cloze and drops as many few-shot examples, from the first, as necessary for the text to fit. Examples are
 * never truncated: each is kept or dropped as a whole, and the question is truncated only if no example is left.
 * @param excess returns the number of tokens by which the parts are too long
 */
export function fittingParts(
  cloze: Cloze,
  encode: EncodePart,
  excess: (parts: readonly TokenPart[]) => number,
): FittingParts {
  const getShotNumber = (part: Part) => (part.kind === "text" && part.shot !== undefined ? part.shot + 1 : 0);
  const shots = Math.max(0, ...cloze.pattern.parts.map(getShotNumber));
  for (let shotsDropped = 0; ; shotsDropped++) {
    // Encoded again, because a part may have different ids at the start of the text.
    const parts = tokenParts(
      cloze,
      encode,
      (part) => getShotNumber(part) === 0 || getShotNumber(part) > shotsDropped,
    );
    if (shotsDropped === shots || excess(parts) <= 0) return { parts, shotsDropped };
  }
}

/**
 * Encodes a cloze's answers, in order.
 * @param unknown the vocabulary's unknown token, to refuse answers that consist only of it: all of these would get the
 *   same score, whatever they say
 * @throws GlmEvalError (data) naming the question and the answer that has no tokens, or only unknown tokens
 */
export function answerTokens(
  id: string,
  { pattern, answers }: Cloze,
  encode: EncodePart,
  unknown?: number,
): (readonly number[])[] {
  const first = pattern.parts.find(({ kind }) => kind !== "segment")?.kind === "blank";
  // SentencePiece encodes the space before an unknown word as a separate token.
  const saysNothing = unknown === undefined ? [] : [unknown, ...encode(" ", { first })];
  return answers.map(({ text }) => {
    const ids = encode(text, { first });
    if (ids.some((token) => !saysNothing.includes(token))) return ids;
    const found =
      ids.length === 0
        ? `the answer ${JSON.stringify(text)} has no tokens`
        : `the vocabulary cannot write the answer ${JSON.stringify(text)}: its tokens are all unknown`;
    throw new GlmEvalError("unwritable-answer", `${id}: ${found}`, {
      hint: "An answer needs at least one character that the model's vocabulary can write.",
    });
  });
}

/** Counts the tokens of all parts, except the blank. */
export function textLength(parts: readonly TokenPart[]): number {
  return parts.reduce((sum, part) => sum + part.ids.length, 0);
}

/**
 * Removes `excess` tokens from shortenable parts.
 * @param limit the maximum number of tokens, for the message
 * @throws GlmEvalError (data) naming the question if too little of it may be truncated
 */
export function cutParts(
  id: string,
  parts: readonly TokenPart[],
  excess: number,
  { truncation, limit }: { truncation: Truncation; limit: number },
): readonly TokenPart[] {
  if (excess <= 0) return parts;
  const lengths = truncate(
    parts.map(({ ids, shortenable, segment }) => ({ length: ids.length, shortenable, segment })),
    excess,
    truncation,
  );
  if (lengths) return parts.map((part, k) => ({ ...part, ids: part.ids.slice(0, lengths[k]) }));
  const cuttable = parts.some(({ shortenable }) => shortenable);
  throw new GlmEvalError(
    "text-too-long",
    `${id}: text and answer take ${limit + excess} tokens; at most ${limit} fit${cuttable ? ", and too little of the text may be shortened" : ""}`,
    {
      hint: cuttable
        ? "Mark more of the pattern with `| shorten`, or increase --max-length if the model allows it."
        : "Shorten the text or the answer, or increase --max-length if the model allows it.",
    },
  );
}

/**
 * Returns the name of a prepared question for messages: "boolq/p4/17", or "copa/p2/3#1" for the second of several
 * clozes.
 */
export function clozeId(
  question: { readonly id: string; readonly clozes: readonly unknown[] },
  number: number,
): string {
  return question.clozes.length === 1 ? question.id : `${question.id}#${number}`;
}
