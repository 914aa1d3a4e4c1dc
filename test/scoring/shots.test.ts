import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GlmConfig } from "../../src/models/glm/index.js";
import type { LoadedTokenizer } from "../../src/models/tokenizers/index.js";
import type { Cloze, ClozeQuestion, Part } from "../../src/patterns/index.js";
import {
  causalReader,
  infillReader,
  maskedReader,
  type ReaderOptions,
  seq2seqReader,
} from "../../src/scoring/index.js";
import { countTextTokens, fitParts } from "../../src/scoring/parts.js";
import { CLS, letters, lettersModel, MASK, SEP } from "./letters.js";
import { makeQuestion } from "./make-question.js";

/** One id a character; the first part of a text has one more in front. */
const encode = (text: string, { first }: { first: boolean }) => [
  ...(first ? [0] : []),
  ...[...text].map((character) => character.codePointAt(0)!),
];
const cloze = (parts: readonly Part[]): Cloze => ({
  pattern: { parts, spaceBeforeBlank: true },
  answers: [{ text: " x" }],
});
const text = (value: string, shot?: number): Part => ({
  kind: "text",
  text: value,
  shortenable: shot === undefined,
  ...(shot !== undefined && { shot }),
});
const within = (limit: number) => (parts: Parameters<typeof countTextTokens>[0]) =>
  countTextTokens(parts) - limit;

describe("parts that fit", () => {
  // 5 tokens each, and 1 in front of the whole text
  const shown = cloze([
    text("aaa", 0),
    text("//", 0),
    text("bbb", 1),
    text("//", 1),
    text("ccccc"),
    { kind: "blank" },
  ]);
  const read = (limit: number) => {
    const { parts, shotsDropped } = fitParts(shown, encode, within(limit));
    return [
      shotsDropped,
      parts.map(({ ids, blank }) => (blank ? "_" : String.fromCodePoint(...ids))).join("|"),
    ];
  };

  it("lose complete shots, from the first, with their separators, and the rest is encoded again", () => {
    expect(read(16)).toEqual([0, "\0aaa|//|bbb|//|ccccc|_"]);
    expect(read(15)).toEqual([1, "\0bbb|//|ccccc|_"]);
    expect(read(11)).toEqual([1, "\0bbb|//|ccccc|_"]);
    expect(read(10)).toEqual([2, "\0ccccc|_"]);
  });

  it("keep the question, even if it is too long", () => {
    expect(read(1)).toEqual([2, "\0ccccc|_"]);
    expect(fitParts(cloze([text("abc"), { kind: "blank" }]), encode, within(1)).shotsDropped).toBe(0);
  });

  it("fit if the question alone fits, with as many shots as possible", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9 })),
        fc.integer({ min: 6, max: 60 }),
        (lengths, limit) => {
          const parts = [
            ...lengths.map((n, shot) => text("s".repeat(n), shot)),
            text("ccccc"),
            { kind: "blank" } as const,
          ];
          const found = fitParts(cloze(parts), encode, within(limit));
          expect(countTextTokens(found.parts)).toBeLessThanOrEqual(limit);
          const before = lengths[found.shotsDropped - 1];
          if (before !== undefined) expect(countTextTokens(found.parts) + before).toBeGreaterThan(limit);
        },
      ),
    );
  });
});

describe("every family", () => {
  const asked = makeQuestion("q/1", "{{ text | shorten }}[MASK]", ["aa"], { text: "abcdef" });
  const shots: Part[] = [0, 1].flatMap((shot) => [text("xyz", shot), text("s", shot)]);
  const question: ClozeQuestion = {
    ...asked,
    clozes: asked.clozes.map((each) => ({
      ...each,
      pattern: { ...each.pattern, parts: [...shots, ...each.pattern.parts] },
    })),
  };
  const glm = {
    config: { maxLength: 1000 } as GlmConfig,
    tokenizer: {
      special: { cls: CLS, eos: SEP, mask: MASK },
      encode: letters.encode,
    } as unknown as LoadedTokenizer,
  };
  const readers = {
    masked: (options: ReaderOptions) => maskedReader(lettersModel("masked"), options),
    seq2seq: (options: ReaderOptions) =>
      seq2seqReader(lettersModel("seq2seq", letters, { decoderStartTokenId: 36 }), options),
    causal: (options: ReaderOptions) => causalReader(lettersModel("causal"), options),
    infill: (options: ReaderOptions) => infillReader(glm, options),
  };

  // Text 6, shots 4 each, answer 2, [CLS] and [SEP]; GLM counts its mask and the end of piece too.
  it.each([
    ["masked", 10],
    ["seq2seq", 10],
    ["causal", 9],
    ["infill", 12],
  ] as const)("%s leaves out whole shots before it cuts the question", (family, alone) => {
    const of = (room: number) => {
      const { cut, shotsDropped } = readers[family]({
        maxLength: alone + room,
        truncation: "longest",
      }).prepare(question)[0]!;
      return [shotsDropped, cut];
    };
    expect([8, 7, 4, 3, 0, -2].map(of)).toEqual([
      [undefined, 0],
      [1, 0],
      [1, 0],
      [2, 0],
      [2, 0],
      [2, 2],
    ]);
  });
});
