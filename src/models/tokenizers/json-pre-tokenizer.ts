import { PUNCTUATION_MARK } from "./bert-normalizer.js";
import { GPT2_WORD, getByteCharacters } from "./bpe.js";
import type { Section } from "./json-section.js";
import { SPACE } from "./sentencepiece-normalizer.js";

/** The input of a pre-tokenizer, and its position. */
export interface Stretch {
  /** normalized text; between two added tokens, or an entire part */
  readonly text: string;
  /** whether the part starts a text, and therefore gets the tokenizer's dummy prefix */
  readonly first: boolean;
  /** whether an added token of the same part precedes it */
  readonly inside: boolean;
}

/** One step: splits pieces into smaller pieces. */
type Step = (pieces: readonly string[], stretch: Stretch) => string[];
export type PreTokenize = (stretch: Stretch) => string[];

const WHITE_SPACE = /\p{White_Space}/gu;
const STARTS_WITH_SPACE = /^\p{White_Space}/u;
const WORD_OR_MARKS =
  /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]+|[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}\p{White_Space}]+/gu;

/**
 * Reads the pre-tokenizer of a tokenizer.json, with the behavior of the Rust `tokenizers`. The library's own versions
 * use different character classes, support only one way of splitting, and do not split at SentencePiece's space.
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
      return splitting(PUNCTUATION_MARK, behavior(section));
    case "Split":
      return splitting(section.pattern(), behavior(section), section.flag("invert") ?? false);
    case "ByteLevel":
      return byteLevel(section);
    case "Metaspace":
      return metaspace(section);
    default:
      throw section.refuse(`the pre-tokenizer ${JSON.stringify(section.type)}`);
  }
}

/**
 * Whether piece `i` gets the prefix of a tokenizer that adds one to every piece. Only the first piece of a part that
 * does not start a text gets none, unless an earlier step removed white space from it.
 */
function takesPrefix(i: number, pieces: readonly string[], { first, text }: Stretch): boolean {
  return i > 0 || first || (STARTS_WITH_SPACE.test(text) && !STARTS_WITH_SPACE.test(pieces[0]!));
}

/** Splits into GPT-2's words, each spelled with the characters that represent its bytes. */
function byteLevel(section: Section): Step {
  const prefixes = section.flag("add_prefix_space") ?? true;
  const words = (section.flag("use_regex") ?? true) ? splitting(GPT2_WORD, "Isolated") : undefined;
  const characters = getByteCharacters();
  const encoder = new TextEncoder();
  const spellBytes = (word: string) => Array.from(encoder.encode(word), (byte) => characters[byte]!).join("");
  return (pieces, stretch) => {
    const prefixed = pieces.map((piece, i) =>
      prefixes && !piece.startsWith(" ") && takesPrefix(i, pieces, stretch) ? ` ${piece}` : piece,
    );
    return (words?.(prefixed, stretch) ?? prefixed).map(spellBytes);
  };
}

/** Splits into SentencePiece's words: a space becomes ▁ and belongs to the text that follows it. */
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

/** How matches are handled: the Rust library's SplitDelimiterBehavior. */
const BEHAVIORS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"] as const;
type Behavior = (typeof BEHAVIORS)[number];

function behavior(section: Section): Behavior {
  const name = section.text("behavior") ?? "Isolated";
  const found = BEHAVIORS.find((known) => known === name);
  if (found === undefined) throw section.error("behavior", name, BEHAVIORS.join(", "));
  return found;
}

/** Splits pieces at a pattern; `invert` treats the text between the matches as the matches. */
function splitting(pattern: RegExp, behavior: Behavior, invert = false): Step {
  return (pieces) =>
    pieces.flatMap((piece) =>
      join(findMatches(piece, pattern, invert), behavior)
        .map(([from, to]) => piece.slice(from, to))
        .filter((out) => out !== ""),
    );
}

type MatchedRange = readonly [from: number, to: number, match: boolean];

/** Returns the matches of a pattern and the text between them, in order. */
function findMatches(text: string, pattern: RegExp, invert: boolean): MatchedRange[] {
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

function join(ranges: MatchedRange[], behavior: Behavior): MatchedRange[] {
  switch (behavior) {
    case "Removed":
      return ranges.filter(([, , match]) => !match);
    case "Isolated":
      return ranges;
    case "Contiguous":
      return merge(ranges, (before, after) => before[2] === after[2]);
    case "MergedWithPrevious":
      // In a run of matches, only the first has a preceding piece to merge with.
      return merge(ranges, (before, after) => after[2] && !before[2]);
    case "MergedWithNext":
      return merge(ranges, (before, after) => before[2] && !after[2]);
  }
}

/** Merges neighbors; for a merged left neighbor, `joins` receives its last range. */
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
