import type { NormalizerSpec } from "./sentencepiece-model.js";

/** U+2581, which represents a space in pieces. */
export const SPACE = "▁";
const SPACE_BYTES = [0xe2, 0x96, 0x81];
const BLANK = 0x20;

/** The number of bytes that a rule consumes, and the position of its replacement. */
interface Rule {
  readonly length: number;
  readonly from: number;
  readonly to: number;
}

/**
 * SentencePiece's compiled character rules: the size in bytes of a double-array trie (Darts-clone), the trie from UTF-8
 * prefixes to offsets, and the replacements at those offsets, each terminated by NUL.
 */
export class CharacterRules {
  private readonly trie: Uint32Array;
  private readonly replacements: Uint8Array;

  constructor(charsmap: Uint8Array) {
    const view = new DataView(charsmap.buffer, charsmap.byteOffset, charsmap.byteLength);
    const size = charsmap.length < 4 ? 0 : view.getUint32(0, true);
    if (
      charsmap.length > 0 &&
      (size === 0 || size % 4 !== 0 || charsmap.length <= 4 + size || charsmap.at(-1) !== 0)
    ) {
      throw new RangeError("its character rules are truncated");
    }
    this.trie = Uint32Array.from({ length: size / 4 }, (_, i) => view.getUint32(4 + 4 * i, true));
    this.replacements = charsmap.subarray(4 + size);
  }

  /** Returns the longest rule that matches at `at`; undefined if there is none. */
  findLongest(text: Uint8Array, at: number): Rule | undefined {
    let found: Rule | undefined;
    for (const rule of this.findMatching(text, at)) found = rule;
    return found;
  }

  /**
   * Returns the replacement of the shortest rule that `text` starts with, to use for all of it; undefined if there is
   * none.
   */
  findShortest(text: Uint8Array): Uint8Array | undefined {
    for (const { from, to } of this.findMatching(text, 0)) return this.replacements.subarray(from, to);
    return undefined;
  }

  /** Yields the rules that match at `at`, shortest first. */
  private *findMatching(text: Uint8Array, at: number): Generator<Rule> {
    const { trie } = this;
    if (trie.length === 0) return;
    let node = getChildren(trie[0]!);
    for (let i = at; i < text.length; i++) {
      node ^= text[i]!;
      const unit = trie[node];
      // A unit's label is its low byte; the top bit marks a unit that has a value instead of a label.
      if (unit === undefined || (unit & 0x800000ff) !== text[i]) return;
      node ^= getChildren(unit);
      if (unit & 0x100) {
        const from = trie[node]! & 0x7fffffff;
        yield { length: i + 1 - at, from, to: this.replacements.indexOf(0, from) };
      }
    }
  }

  byte(at: number): number {
    return this.replacements[at]!;
  }
}

/** Returns the position of a unit's children: 21 bits, in steps of 256 if bit 9 is set. */
function getChildren(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}

/**
 * Creates SentencePiece's normalizer (normalizer.cc): character rules, taking the longest match at each position, then
 * white space. Implemented here because the library replaces the rules with NFKC and a list, which differs for some
 * characters.
 *
 * @param userDefined pieces that are kept unchanged; they take precedence over rules
 * @throws RangeError if the rules are damaged
 */
export function createSentencePieceNormalizer(
  spec: NormalizerSpec,
  userDefined: readonly string[],
): (text: string) => string {
  const rules = new CharacterRules(spec.charsmap);
  const encoder = new TextEncoder();
  const literals = userDefined.map((piece) => encoder.encode(piece)).sort((a, b) => b.length - a.length);
  const findLiteral = (text: Uint8Array, at: number) =>
    literals.find((literal) => literal.every((byte, i) => text[at + i] === byte));

  return (text) => {
    const input = encoder.encode(text);
    const output: number[] = [];
    // The output for the bytes at `at`: `source` from..to, consuming `length` bytes of the input.
    let [from, to, length] = [0, 0, 0];
    let source: (at: number) => number = (i) => input[i]!;
    const fromInput = source;
    const fromRules = (i: number) => rules.byte(i);
    const matchAt = (at: number) => {
      const literal = literals.length > 0 ? findLiteral(input, at) : undefined;
      const rule = literal ? undefined : rules.findLongest(input, at);
      source = rule ? fromRules : fromInput;
      length = rule?.length ?? literal?.length ?? getCharacterLength(input[at]!);
      from = rule ? rule.from : at;
      to = rule ? rule.to : at + length;
    };
    const push = (byte: number) => {
      if (byte === BLANK && spec.escapeWhitespaces) output.push(...SPACE_BYTES);
      else output.push(byte);
    };

    let at = 0;
    if (spec.removeExtraWhitespaces) {
      for (; at < input.length; at += length) {
        matchAt(at);
        if (to - from !== 1 || source(from) !== BLANK) break;
      }
    }
    if (at === input.length) return "";
    if (spec.addDummyPrefix) push(BLANK);
    let afterBlank = spec.removeExtraWhitespaces;
    for (; at < input.length; at += length) {
      matchAt(at);
      if (afterBlank) while (from < to && source(from) === BLANK) from++;
      if (from === to) continue;
      for (let i = from; i < to; i++) push(source(i));
      afterBlank = spec.removeExtraWhitespaces && source(to - 1) === BLANK;
    }
    const normalized = new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(output));
    return spec.removeExtraWhitespaces
      ? stripTrailing(normalized, spec.escapeWhitespaces ? SPACE : " ")
      : normalized;
  };
}

function getCharacterLength(firstByte: number): number {
  return firstByte < 0xc0 ? 1 : firstByte < 0xe0 ? 2 : firstByte < 0xf0 ? 3 : 4;
}

function stripTrailing(text: string, space: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === space) end--;
  return text.slice(0, end);
}
