import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type LoadedTokenizer, loadTokenizer } from "../../../src/models/tokenizers/index.js";
import { copyWith, expectedIds, fixture, GLM, GLM_TINY } from "./fixtures.js";

const { texts, ids } = await expectedIds();

/** Returns the texts whose ids differ from the reference's, as tokens, so that failures are readable. */
function differences(tokenizer: LoadedTokenizer, vocabulary: string) {
  const spell = (row: readonly number[]) => row.map((id) => tokenizer.token(id)).join(" ");
  return texts
    .map((text, i) => ({
      text,
      found: spell(tokenizer.encode(text)),
      reference: spell(ids[vocabulary]![i]!),
    }))
    .filter(({ found, reference }) => found !== reference);
}

describe("ids equal the reference library's for every text", () => {
  test.each([
    ["wordpiece", 1403],
    ["gpt2", 1209],
    ["roberta", 1208],
    ["chinese", 1410],
    ["unigram", 1116],
    ["bpe-switched", 1110],
  ])("%s", async (name, size) => {
    const tokenizer = await loadTokenizer(fixture(name), GLM);
    expect(texts.length).toBeGreaterThan(900);
    expect(differences(tokenizer, name)).toEqual([]);
    expect(tokenizer.size).toBe(size);
  });

  test("WordPiece that keeps case and accents", async () => {
    const folder = await copyWith("wordpiece", { "tokenizer_config.json": { do_lower_case: false } });
    expect(differences(await loadTokenizer(folder, GLM), "wordpiece-cased")).toEqual([]);
  });

  test("the bundled GLM", async () => {
    expect(differences(await loadTokenizer(GLM_TINY, GLM), "glm-tiny")).toEqual([]);
  });
});

describe("encoding of a part", () => {
  const spelled = async (name: string, text: string) => {
    const tokenizer = await loadTokenizer(fixture(name), GLM);
    return tokenizer.encode(text).map((id) => tokenizer.token(id));
  };

  test("special tokens in the text are ordinary text", async () => {
    for (const name of ["wordpiece", "gpt2", "roberta", "chinese", "unigram"]) {
      const tokenizer = await loadTokenizer(fixture(name), GLM);
      const { cls, eos, pad, mask, sop, eop } = tokenizer.special;
      const found = tokenizer.encode(
        "[CLS] [MASK] <mask></s><s> <|endoftext|><|startofpiece|><|endofpiece|>[PAD]",
      );
      expect(found.length).toBeGreaterThan(30);
      for (const id of [cls, eos, pad, mask, sop, eop]) expect(found).not.toContain(id);
    }
    expect(await spelled("wordpiece", "[MASK]")).toEqual(["[", "m", "##as", "##k", "]"]);
  });

  test("a leading space is part of the word in byte-level BPE and is ignored in WordPiece", async () => {
    expect(await spelled("gpt2", " the bridge")).toEqual(["Ġthe", "Ġbridge"]);
    expect((await spelled("gpt2", "the bridge"))[0]).not.toMatch(/^Ġ/);
    expect(await spelled("wordpiece", "  The bridge")).toEqual(["the", "bridge"]);
  });

  test("SentencePiece adds its space before every part", async () => {
    expect(await spelled("chinese", "bridge")).toEqual(await spelled("chinese", " bridge"));
    expect((await spelled("chinese", "bridge"))[0]).toMatch(/^▁/);
  });

  test("white space alone gives no ids", async () => {
    for (const name of ["wordpiece", "gpt2", "roberta", "chinese", "unigram", "bpe-switched"]) {
      const tokenizer = await loadTokenizer(fixture(name), GLM);
      for (const text of ["", " ", "\t\n ", "\u00a0\u3000\u2003", "\u0085"])
        expect(tokenizer.encode(text)).toEqual([]);
    }
  });

  test("a lone surrogate is treated as U+FFFD", async () => {
    const tokenizer = await loadTokenizer(fixture("gpt2"), GLM);
    expect(tokenizer.encode("a\ud800b \udfff")).toEqual(tokenizer.encode("a\ufffdb \ufffd"));
  });

  test("words of more than 100 characters are unknown to WordPiece", async () => {
    expect(await spelled("wordpiece", `${"a".repeat(101)} cat`)).toEqual(["[UNK]", "cat"]);
    expect(await spelled("wordpiece", "a".repeat(100))).not.toContain("[UNK]");
  });

  test.each(["wordpiece", "gpt2", "chinese", "unigram", "bpe-switched"])(
    "any string gives valid ids, the same every time: %s",
    async (name) => {
      const tokenizer = await loadTokenizer(fixture(name), GLM);
      fc.assert(
        fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
          const found = tokenizer.encode(text);
          expect(found.every((id) => Number.isInteger(id) && id >= 0 && id < tokenizer.size)).toBe(true);
          expect(tokenizer.encode(text)).toEqual(found);
        }),
        { seed: 1, numRuns: 300 },
      );
    },
  );
});
