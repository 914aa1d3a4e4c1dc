import type { NormalizerSpec } from "./sentencepiece-model.js";

/** U+2581, which stands for a space inside pieces. */
export const SPACE = "▁";
const SPACE_BYTES = [0xe2, 0x96, 0x81];
const BLANK = 0x20;

/** How many bytes a rule takes, and where its replacement stands. */
interface Rule {
  readonly length: number;
  readonly from: number;
  readonly to: number;
}

/**
 * SentencePiece's compiled character rules: the size of a double-array trie (Darts-clone) in bytes, the trie from
 * UTF-8 prefixes to offsets, and the replacements at those offsets, each ended by NUL.
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
      throw new RangeError("its character rules are cut short");
    }
    this.trie = Uint32Array.from({ length: size / 4 }, (_, i) => view.getUint32(4 + 4 * i, true));
    this.replacements = charsmap.subarray(4 + size);
  }

  /** The longest rule that starts at `at`; undefined for none. */
  longest(text: Uint8Array, at: number): Rule | undefined {
    let found: Rule | undefined;
    for (const rule of this.starting(text, at)) found = rule;
    return found;
  }

  /** The shortest rule that `text` starts with, as a replacement for the whole of it; undefined for none. */
  shortest(text: Uint8Array): Uint8Array | undefined {
    for (const { from, to } of this.starting(text, 0)) return this.replacements.subarray(from, to);
    return undefined;
  }

  /** The rules that start at `at`, shorter ones first. */
  private *starting(text: Uint8Array, at: number): Generator<Rule> {
    const { trie } = this;
    if (trie.length === 0) return;
    let node = childrenOf(trie[0]!);
    for (let i = at; i < text.length; i++) {
      node ^= text[i]!;
      const unit = trie[node];
      // A unit's label is its low byte; the top bit marks a unit that holds a value and has no label.
      if (unit === undefined || (unit & 0x800000ff) !== text[i]) return;
      node ^= childrenOf(unit);
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

/** Where a unit's children start: 21 bits, in units of 256 where bit 9 is set. */
function childrenOf(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}

/**
 * The normaliser of SentencePiece (normalizer.cc): character rules, the longest that fits at each position, then white
 * space. Done here because the library replaces the rules by NFKC and a list, which differs for some characters.
 *
 * @param userDefined pieces that are taken as they stand, before any rule
 * @throws RangeError where the rules are broken
 */
export function sentencePieceNormalizer(
  spec: NormalizerSpec,
  userDefined: readonly string[],
): (text: string) => string {
  const rules = new CharacterRules(spec.charsmap);
  const encoder = new TextEncoder();
  const literals = userDefined.map((piece) => encoder.encode(piece)).sort((a, b) => b.length - a.length);
  const literalAt = (text: Uint8Array, at: number) =>
    literals.find((literal) => literal.every((byte, i) => text[at + i] === byte));

  return (text) => {
    const input = encoder.encode(text);
    const output: number[] = [];
    // What stands for the bytes at `at`: `source` from..to, taking `length` of the input.
    let [from, to, length] = [0, 0, 0];
    let source: (at: number) => number = (i) => input[i]!;
    const ofInput = source;
    const ofRules = (i: number) => rules.byte(i);
    const prefix = (at: number) => {
      const literal = literals.length > 0 ? literalAt(input, at) : undefined;
      const rule = literal ? undefined : rules.longest(input, at);
      source = rule ? ofRules : ofInput;
      length = rule?.length ?? literal?.length ?? characterLength(input[at]!);
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
        prefix(at);
        if (to - from !== 1 || source(from) !== BLANK) break;
      }
    }
    if (at === input.length) return "";
    if (spec.addDummyPrefix) push(BLANK);
    let afterBlank = spec.removeExtraWhitespaces;
    for (; at < input.length; at += length) {
      prefix(at);
      if (afterBlank) while (from < to && source(from) === BLANK) from++;
      if (from === to) continue;
      for (let i = from; i < to; i++) push(source(i));
      afterBlank = spec.removeExtraWhitespaces && source(to - 1) === BLANK;
    }
    const normalized = new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(output));
    return spec.removeExtraWhitespaces
      ? withoutTrailing(normalized, spec.escapeWhitespaces ? SPACE : " ")
      : normalized;
  };
}

function characterLength(firstByte: number): number {
  return firstByte < 0xc0 ? 1 : firstByte < 0xe0 ? 2 : firstByte < 0xf0 ? 3 : 4;
}

function withoutTrailing(text: string, space: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === space) end--;
  return text.slice(0, end);
}
