import { PUNCTUATION_MARK } from "./bert-normalizer.js";
import { byteCharacters, GPT2_WORD } from "./bpe.js";
import type { Section } from "./json-section.js";
import { SPACE } from "./sentencepiece-normalizer.js";

/** What a pre-tokenizer cuts, and where it stands. */
export interface Stretch {
  /** normalised; between two added tokens, or all of a part */
  readonly text: string;
  /** whether the part begins a text, so that it takes the tokenizer's dummy prefix */
  readonly first: boolean;
  /** whether an added token of the part stands before it */
  readonly inside: boolean;
}

/** One step: pieces into smaller pieces. */
type Step = (pieces: readonly string[], stretch: Stretch) => string[];
export type PreTokenize = (stretch: Stretch) => string[];

const WHITE_SPACE = /\p{White_Space}/gu;
const STARTS_WITH_SPACE = /^\p{White_Space}/u;
const WORD_OR_MARKS =
  /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]+|[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}\p{White_Space}]+/gu;

/**
 * The pre-tokenizer of a tokenizer.json, as the Rust `tokenizers` does it. The library's own differ in the classes of
 * characters, know one way of splitting, and do not split at SentencePiece's space.
 */
export function readPreTokenizer(section: Section | undefined): PreTokenize {
  const step = section === undefined ? undefined : readStep(section);
  return (stretch) => (step === undefined ? [stretch.text] : step([stretch.text], stretch));
}

function readStep(section: Section): Step {
  switch (section.type) {
    case "Sequence": {
      const steps = section.sections("pretokenizers").map(readStep);
      return (pieces, stretch) => steps.reduce((out, step) => step(out, stretch), [...pieces]);
    }
    case "BertPreTokenizer": {
      const words = splitting(WHITE_SPACE, "Removed");
      const marks = splitting(PUNCTUATION_MARK, "Isolated");
      return (pieces, stretch) => marks(words(pieces, stretch), stretch);
    }
    case "Whitespace":
      return splitting(WORD_OR_MARKS, "Removed", true);
    case "WhitespaceSplit":
      return splitting(WHITE_SPACE, "Removed");
    case "Digits":
      return splitting(/\p{N}/gu, section.flag("individual_digits") ? "Isolated" : "Contiguous");
    case "Punctuation":
      return splitting(PUNCTUATION_MARK, behaviour(section));
    case "Split":
      return splitting(section.pattern(), behaviour(section), section.flag("invert") ?? false);
    case "ByteLevel":
      return byteLevel(section);
    case "Metaspace":
      return metaspace(section);
    default:
      throw section.refuse(`the pre-tokenizer ${JSON.stringify(section.type)}`);
  }
}

/**
 * Whether piece `i` takes the prefix of a tokenizer that puts one before every piece. Only the first piece of a part that
 * does not begin a text goes without, unless a step before took white space away from it.
 */
function takesPrefix(i: number, pieces: readonly string[], { first, text }: Stretch): boolean {
  return i > 0 || first || (STARTS_WITH_SPACE.test(text) && !STARTS_WITH_SPACE.test(pieces[0]!));
}

/** GPT-2's words, each written in characters that stand for its bytes. */
function byteLevel(section: Section): Step {
  const prefixes = section.flag("add_prefix_space") ?? true;
  const words = (section.flag("use_regex") ?? true) ? splitting(GPT2_WORD, "Isolated") : undefined;
  const characters = byteCharacters();
  const encoder = new TextEncoder();
  const inBytes = (word: string) => Array.from(encoder.encode(word), (byte) => characters[byte]!).join("");
  return (pieces, stretch) => {
    const begun = pieces.map((piece, i) =>
      prefixes && !piece.startsWith(" ") && takesPrefix(i, pieces, stretch) ? ` ${piece}` : piece,
    );
    return (words?.(begun, stretch) ?? begun).map(inBytes);
  };
}

/** SentencePiece's words: a space is ▁ and belongs to what follows it. */
function metaspace(section: Section): Step {
  const replacement = section.text("replacement") ?? SPACE;
  const scheme =
    section.text("prepend_scheme") ?? (section.flag("add_prefix_space") === false ? "never" : "always");
  if (!["always", "first", "never"].includes(scheme)) {
    throw section.error("prepend_scheme", scheme, '"always", "first" or "never"');
  }
  const split =
    (section.flag("split") ?? true) ? splitting(literal(replacement), "MergedWithNext") : undefined;
  return (pieces, stretch) => {
    const spaced = pieces.map((piece, i) => {
      const written = piece.replaceAll(" ", replacement);
      const prefixed =
        scheme === "always"
          ? takesPrefix(i, pieces, stretch)
          : scheme === "first" && stretch.first && i === 0 && !stretch.inside;
      return prefixed && !written.startsWith(replacement) ? replacement + written : written;
    });
    return split?.(spaced, stretch) ?? spaced;
  };
}

function literal(text: string): RegExp {
  return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "gu");
}

/** What becomes of a match: the Rust library's SplitDelimiterBehavior. */
const BEHAVIOURS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"] as const;
type Behaviour = (typeof BEHAVIOURS)[number];

function behaviour(section: Section): Behaviour {
  const name = section.text("behavior") ?? "Isolated";
  const found = BEHAVIOURS.find((known) => known === name);
  if (found === undefined) throw section.error("behavior", name, BEHAVIOURS.join(", "));
  return found;
}

/** Splits pieces at a pattern; `invert` takes what is between the matches for the matches. */
function splitting(pattern: RegExp, behaviour: Behaviour, invert = false): Step {
  return (pieces) =>
    pieces.flatMap((piece) =>
      join(matches(piece, pattern, invert), behaviour)
        .map(([from, to]) => piece.slice(from, to))
        .filter((out) => out !== ""),
    );
}

type MatchedRange = readonly [from: number, to: number, match: boolean];

/** The matches of a pattern and what stands between them, in order. */
function matches(text: string, pattern: RegExp, invert: boolean): MatchedRange[] {
  const ranges: MatchedRange[] = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    if (match[0] === "") continue;
    if (match.index > end) ranges.push([end, match.index, invert]);
    end = match.index + match[0].length;
    ranges.push([match.index, end, !invert]);
  }
  if (end < text.length) ranges.push([end, text.length, invert]);
  return ranges;
}

function join(ranges: MatchedRange[], behaviour: Behaviour): MatchedRange[] {
  switch (behaviour) {
    case "Removed":
      return ranges.filter(([, , match]) => !match);
    case "Isolated":
      return ranges;
    case "Contiguous":
      return merge(ranges, (before, after) => before[2] === after[2]);
    case "MergedWithPrevious":
      // Of several matches in a row only the first has something before it to go to.
      return merge(ranges, (before, after) => after[2] && !before[2]);
    case "MergedWithNext":
      return merge(ranges, (before, after) => before[2] && !after[2]);
  }
}

/** Joins neighbours; what `joins` is told of the left one is its last range. */
function merge(
  ranges: MatchedRange[],
  joins: (before: MatchedRange, after: MatchedRange) => boolean,
): MatchedRange[] {
  const out: MatchedRange[] = [];
  for (const [i, range] of ranges.entries()) {
    const before = ranges[i - 1];
    if (before !== undefined && joins(before, range)) out.push([out.pop()![0], range[1], range[2]]);
    else out.push(range);
  }
  return out;
}
