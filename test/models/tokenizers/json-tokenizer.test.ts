import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kinds, load, steps, stepTexts, texts, tokenizerJson } from "./json-kinds.js";

const NAMES = Object.keys(kinds);

/**
 * Cases where Node knows Unicode characters that the Rust library's tables lack (docs/tokenizers.md); nothing else
 * differs.
 */
const KNOWN_DIFFERENCES: Record<string, string[]> = {
  neox: ["x\u1ab0\u1abf\u1ac0"],
  qwen: ["x\u1ab0\u1abf\u1ac0"],
  albert: ["x\u1ab0\u1abf\u1ac0", "x\u1df9y", "\u{111c9}"],
};

describe("ids equal the reference library's for every part", () => {
  test("the fixture has parts of all sorts", () => {
    expect(NAMES.length).toBeGreaterThanOrEqual(18);
    expect(texts.length).toBeGreaterThan(250);
  });

  test.each(NAMES)("%s", async (name) => {
    const tokenizer = await load(name);
    const { first, other } = kinds[name]!;
    // As tokens, so that failures are readable.
    const spell = (row: readonly number[]) => row.map((id) => tokenizer.token(id)).join(" ");
    const differences = texts
      .map((text, i) => ({
        text,
        found: [spell(tokenizer.encode(text)), spell(tokenizer.encode(text, { first: true }))],
        reference: [spell(other[i]!), spell(first[i] ?? other[i]!)],
      }))
      .filter(({ found, reference }) => found.join("\n") !== reference.join("\n"));
    const known = KNOWN_DIFFERENCES[name] ?? [];
    expect(differences.filter(({ text }) => !known.includes(text))).toEqual([]);
    expect(differences.map(({ text }) => text).sort()).toEqual([...known].sort());
    expect(tokenizer.size).toBe(kinds[name]!.size);
  });
});

test.each(NAMES)("the frame matches what the reference library puts around texts: %s", async (name) => {
  const tokenizer = await load(name);
  const { before, between, after, typeOfB } = tokenizer.frame;
  const a = tokenizer.encode("Yes, the river", { first: true });
  const b = tokenizer.encode("Answer: no", { first: true });
  const { single, pair } = kinds[name]!;
  expect([...before, ...a, ...after]).toEqual(single);
  const head = [...before, ...a, ...between];
  const tail = [...b, ...after];
  expect([...head, ...tail]).toEqual(pair[0]);
  expect(pair[1].slice(-tail.length)).toEqual(tail.map(() => typeOfB));
});

describe("special tokens", () => {
  const ids = (name: string) => {
    const { added_tokens: added } = tokenizerJson(name);
    return (content: string) => added.find((token) => token.content === content)?.id;
  };

  test("are those named in tokenizer_config.json, as strings or objects", async () => {
    const id = ids("bert");
    const { special } = await load("bert");
    expect(special).toEqual({ pad: id("[PAD]"), unk: id("[UNK]"), mask: id("[MASK]"), sentinels: [] });
  });

  test("otherwise those of special_tokens_map.json", async () => {
    const id = ids("bert-cased");
    expect((await load("bert-cased")).special.mask).toBe(id("[MASK]"));
  });

  test("otherwise those with the usual spelling", async () => {
    const id = ids("roberta");
    const { special } = await load("roberta");
    const [pad, bos, eos, unk, mask] = ["<pad>", "<s>", "</s>", "<unk>", "<mask>"].map(id);
    expect(special).toEqual({ pad, bos, eos, unk, mask, sentinels: [] });
    expect((await load("llama3")).special.bos).toBe(ids("llama3")("<|begin_of_text|>"));
  });

  test("null in tokenizer_config.json means no such token", async () => {
    expect((await load("qwen")).special).toEqual({
      eos: ids("qwen")("<|im_start|>"),
      pad: ids("qwen")("<|endoftext|>"),
      sentinels: [],
    });
  });

  test("sentinels are in the order of their numbers", async () => {
    const { special, token } = await load("t5");
    expect(special.sentinels).toHaveLength(100);
    expect(special.sentinels.map(token)).toEqual(Array.from({ length: 100 }, (_, n) => `<extra_id_${n}>`));
  });

  test.each(NAMES)("are not recognized in a text: %s", async (name) => {
    const tokenizer = await load(name);
    const added = tokenizerJson(name).added_tokens.filter((token) => token.special);
    expect(added.length).toBeGreaterThan(0);
    const unknown = tokenizer.special.unk;
    for (const { content, id } of added) {
      // The unknown token represents anything unknown, including parts of its own name.
      if (id === unknown) continue;
      for (const text of [`${content}`, `a ${content} b`, `a${content}b`]) {
        expect(tokenizer.encode(text)).not.toContain(id);
        expect(tokenizer.encode(text, { first: true })).not.toContain(id);
      }
    }
  });

  test("a single-character one is also an ordinary piece", async () => {
    const json = tokenizerJson("gpt2");
    const id = (json.model.vocab as Record<string, number>)["!"];
    const added = [...json.added_tokens, { id, content: "!", special: true }];
    const { encode } = await load("gpt2", { added_tokens: added });
    expect(encode("!")).toEqual([id]);
  });
});

describe("a part keeps its own leading space", () => {
  const spell = async (name: string) => {
    const tokenizer = await load(name);
    return (text: string, first = false) =>
      tokenizer
        .encode(text, { first })
        .map((id) => tokenizer.token(id))
        .join(" ");
  };

  test.each(["t5", "t5-newer", "deberta", "deberta-newer"])(
    "and gets SentencePiece's only if it starts a text: %s",
    async (name) => {
      const spelled = await spell(name);
      expect(spelled("Yes")).toBe("Yes");
      expect(spelled(" Yes")).toBe("▁Yes");
      expect(spelled("\n  Yes")).toBe("▁Yes");
      expect(spelled("Yes", true)).toBe("▁Yes");
      expect(spelled("Yes no")).toBe("Yes ▁no");
    },
  );

  test("in Llama's, where the prefix is added even before a leading space", async () => {
    const [older, newer] = [await spell("llama"), await spell("llama-newer")];
    for (const spelled of [older, newer]) {
      expect(spelled("you")).not.toMatch(/^▁/);
      expect(spelled("you", true)).toBe(spelled(" you"));
    }
    expect(older(" you", true)).toBe(older("  you"));
    expect(newer(" you", true)).toBe(newer(" you"));
  });

  test("in byte-level BPE", async () => {
    for (const name of ["gpt2", "roberta-prefix"]) {
      const spelled = await spell(name);
      expect(spelled(" the")).toBe("Ġthe");
      expect(spelled("the")).not.toMatch(/^Ġ/);
      expect(spelled("the", true)).toBe(spelled(name === "gpt2" ? "the" : " the"));
    }
  });
});

test.each(steps.map(([step, pieces]) => [JSON.stringify(step), step, pieces] as const))(
  "pieces match the reference library's: %s",
  async (_, step, pieces) => {
    // Every piece is a single token.
    const vocab = Object.fromEntries([...new Set(pieces.flat())].map((piece, id) => [piece, id]));
    const model = { type: "BPE", vocab, merges: [], ignore_merges: true, unk_token: null };
    const { encode, token } = await load("gpt2", { pre_tokenizer: step, model, added_tokens: [] });
    expect(stepTexts.map((text) => encode(text).map(token))).toEqual(pieces);
  },
);

test.each(NAMES)("any string gives valid ids, the same every time: %s", async (name) => {
  const tokenizer = await load(name);
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), fc.boolean(), (text, first) => {
      const found = tokenizer.encode(text, { first });
      expect(found.every((id) => Number.isInteger(id) && id >= 0 && id < tokenizer.size)).toBe(true);
      expect(tokenizer.encode(text, { first })).toEqual(found);
    }),
    { seed: 1, numRuns: 100 },
  );
});

test("a lone surrogate is treated as U+FFFD", async () => {
  const { encode } = await load("t5");
  expect(encode("a\ud800b \udfff")).toEqual(encode("a\ufffdb \ufffd"));
});

test("the hash depends on everything that determines the ids", async () => {
  const { hash } = await load("t5");
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect((await load("t5")).hash).toBe(hash);
  expect((await load("t5", { normalizer: null })).hash).not.toBe(hash);
});
