import { GlmEvalError } from "../errors.js";
import { type Cloze, type Part, truncate } from "../patterns/index.js";

/** Turns one part of a text into ids. `first`: it begins the text, which matters to SentencePiece vocabularies. */
export type EncodePart = (text: string, options: { readonly first: boolean }) => readonly number[];

/** A part of a rendered pattern as ids. The blank has none: what stands there is the family's matter. */
export interface TokenPart {
  /** its number among the pattern's parts */
  readonly at: number;
  readonly ids: readonly number[];
  readonly shortenable: boolean;
  readonly segment: 0 | 1;
  readonly blank: boolean;
}

/** A cloze's parts as far as its few-shot examples fit. */
export interface FittingParts {
  readonly parts: readonly TokenPart[];
  /** few-shot examples that were left out, the first ones first */
  readonly shotsDropped: number;
}

/** How a text is cut to length: the rules are those of `truncate`. */
export type Truncation = "glm" | "longest";

/**
 * A cloze's parts, each tokenised on its own, in order, with the blank among them.
 * @param isRead of those that are not, nothing is left
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
 * A cloze's tokens without as many few-shot examples, from the first, as must go for the text to fit. Of the examples
 * nothing is ever cut: one stays or goes whole, and the question is cut only where none is left.
 * @param excess how many tokens the parts are too long
 */
export function fittingParts(
  cloze: Cloze,
  encode: EncodePart,
  excess: (parts: readonly TokenPart[]) => number,
): FittingParts {
  const shotOf = (part: Part) => (part.kind === "text" && part.shot !== undefined ? part.shot + 1 : 0);
  const shots = Math.max(0, ...cloze.pattern.parts.map(shotOf));
  for (let shotsDropped = 0; ; shotsDropped++) {
    // Encoded anew, for a part may have other ids where it begins the text.
    const parts = tokenParts(cloze, encode, (part) => shotOf(part) === 0 || shotOf(part) > shotsDropped);
    if (shotsDropped === shots || excess(parts) <= 0) return { parts, shotsDropped };
  }
}

/**
 * The ids of a cloze's answers, in order.
 * @param unknown the vocabulary's unknown token, where answers of nothing else shall be refused: all such would score
 *   the same, whatever they say
 * @throws GlmEvalError (data) naming the question and the answer that tokenises to nothing, or to unknown tokens only
 */
export function answerTokens(
  id: string,
  { pattern, answers }: Cloze,
  encode: EncodePart,
  unknown?: number,
): (readonly number[])[] {
  const first = pattern.parts.find(({ kind }) => kind !== "segment")?.kind === "blank";
  // SentencePiece writes the space before an unknown word as a token of its own.
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

/** The number of tokens of all parts, the blank's not counted. */
export function textLength(parts: readonly TokenPart[]): number {
  return parts.reduce((sum, part) => sum + part.ids.length, 0);
}

/**
 * Takes `excess` tokens away from shortenable parts.
 * @param limit the most tokens that fit, for the message
 * @throws GlmEvalError (data) naming the question where too little of it may be cut
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
    `${id}: text and answer take ${limit + excess} tokens; at most ${limit} fit${cuttable ? ", and too little of the text may be cut" : ""}`,
    {
      hint: cuttable
        ? "Mark more of the pattern with `| shorten`, or raise --max-length if the model allows."
        : "Shorten the text or the answer, or raise --max-length if the model allows.",
    },
  );
}

/** "boolq/p4/17", or "copa/p2/3#1" for the second of several clozes: names a prepared question in messages. */
export function clozeId(
  question: { readonly id: string; readonly clozes: readonly unknown[] },
  number: number,
): string {
  return question.clozes.length === 1 ? question.id : `${question.id}#${number}`;
}
