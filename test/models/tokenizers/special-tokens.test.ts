import { describe, expect, test } from "vitest";
import { loadTokenizer, type TokenizerOptions } from "../../../src/models/tokenizers/index.js";
import { copyWith, fixture, GLM, GLM_HF, GLM_TINY, readFixture } from "./fixtures.js";

/** Returns the spelling of each special token. */
async function spelled(folder: string, options: TokenizerOptions) {
  const { special, token } = await loadTokenizer(folder, options);
  return Object.fromEntries(Object.entries(special).map(([role, id]) => [role, token(id)]));
}

const FRAME = { sop: "<|startofpiece|>", eop: "<|endofpiece|>" };

describe("special tokens of each vocabulary", () => {
  test("BERT: the original code ends the context with [PAD], the port with [SEP]", async () => {
    const bert = { cls: "[CLS]", pad: "[PAD]", mask: "[MASK]", ...FRAME };
    expect(await spelled(fixture("wordpiece"), GLM)).toEqual({ ...bert, eos: "[PAD]" });
    expect(await spelled(fixture("wordpiece"), GLM_HF)).toEqual({ ...bert, eos: "[SEP]" });
  });

  test("BERT: eos_token of tokenizer_config.json overrides the convention; the caller's overrides both", async () => {
    const folder = await copyWith("wordpiece", {
      "tokenizer_config.json": { eos_token: { content: "[SEP]" } },
    });
    expect((await spelled(folder, GLM)).eos).toBe("[SEP]");
    expect((await spelled(folder, { ...GLM, eosToken: "[UNK]" })).eos).toBe("[UNK]");
  });

  test("RoBERTa: <mask> was trained, but the port's files have [MASK]", async () => {
    const roberta = { cls: "<s>", eos: "</s>", pad: "</s>", ...FRAME };
    expect(await spelled(fixture("roberta"), GLM)).toEqual({ ...roberta, mask: "<mask>" });
    expect(await spelled(fixture("roberta"), GLM_HF)).toEqual({ ...roberta, mask: "[MASK]" });
    const { masks } = await loadTokenizer(fixture("roberta"), GLM);
    expect(masks).toEqual([
      { token: "<mask>", id: 1204 },
      { token: "[MASK]", id: 1207 },
    ]);
    expect((await loadTokenizer(fixture("roberta"), GLM_HF)).masks.map(({ token }) => token)).toEqual([
      "[MASK]",
      "<mask>",
    ]);
  });

  test("RoBERTa: padded with </s> under glm, as configured under glm-hf", async () => {
    const folder = await copyWith("roberta", { "tokenizer_config.json": { pad_token: "<pad>" } });
    expect((await spelled(folder, GLM)).pad).toBe("</s>");
    expect(await spelled(folder, GLM_HF)).toMatchObject({ pad: "<pad>", mask: "<mask>", cls: "<s>" });
  });

  test.each(["gpt2", "chinese"])("%s: <|endoftext|> ends and pads", async (name) => {
    const expected = { cls: "[CLS]", eos: "<|endoftext|>", pad: "<|endoftext|>", mask: "[MASK]", ...FRAME };
    expect(await spelled(fixture(name), GLM)).toEqual(expected);
    expect(await spelled(fixture(name), GLM_HF)).toEqual(expected);
    expect(await spelled(await copyWith(name, { "tokenizer_config.json": null }), GLM)).toEqual(expected);
  });

  test("ids come from added_tokens.json", async () => {
    const added = JSON.parse(await readFixture("chinese", "added_tokens.json"));
    const { special } = await loadTokenizer(fixture("chinese"), GLM);
    expect(special).toEqual({
      cls: added["[CLS]"],
      eos: added["<|endoftext|>"],
      pad: added["<|endoftext|>"],
      mask: added["[MASK]"],
      sop: added["<|startofpiece|>"],
      eop: added["<|endofpiece|>"],
    });
  });

  test("the bundled GLM", async () => {
    expect((await loadTokenizer(GLM_TINY, GLM)).special).toEqual({
      cls: 2,
      eos: 3,
      pad: 0,
      mask: 4,
      sop: 5,
      eop: 6,
    });
  });

  test("added tokens may be in tokenizer_config.json, where newer versions of transformers write them", async () => {
    const added: Record<string, number> = JSON.parse(await readFixture("gpt2", "added_tokens.json"));
    const decoder = Object.fromEntries(
      Object.entries(added).map(([content, id]) => [id, { content, special: true }]),
    );
    const folder = await copyWith("gpt2", {
      "added_tokens.json": null,
      "tokenizer_config.json": { added_tokens_decoder: decoder },
    });
    expect((await loadTokenizer(folder, GLM)).special).toEqual(
      (await loadTokenizer(fixture("gpt2"), GLM)).special,
    );
  });
});

describe("the caller's mask token", () => {
  test("by name or id", async () => {
    for (const maskToken of ["[MASK]", 1207]) {
      const { special, masks } = await loadTokenizer(fixture("roberta"), { ...GLM, maskToken });
      expect(special.mask).toBe(1207);
      expect(masks[0]).toEqual({ token: "[MASK]", id: 1207 });
    }
    expect(
      (await loadTokenizer(fixture("gpt2"), { ...GLM, maskToken: "[gMASK]" })).masks.map(
        ({ token }) => token,
      ),
    ).toEqual(["[gMASK]", "[MASK]"]);
  });

  test.each(["[mask]", 999_999])("unknown %s lists the special tokens", async (maskToken) => {
    await expect(loadTokenizer(fixture("roberta"), { ...GLM, maskToken })).rejects.toMatchObject({
      name: "GlmEvalError",
      kind: "usage",
      message: expect.stringContaining(String(maskToken)),
      hint: expect.stringMatching(/<mask> 1204.*\[MASK\] 1207|\[MASK\] 1207.*<mask> 1204/),
    });
  });

  test("so does an unknown eos token", async () => {
    await expect(loadTokenizer(fixture("gpt2"), { ...GLM, eosToken: "</s>" })).rejects.toMatchObject({
      kind: "usage",
      message: expect.stringContaining('eos token "</s>"'),
    });
  });
});

describe("hash", () => {
  const hash = async (folder: string, options = GLM) => (await loadTokenizer(folder, options)).hash;

  test("changes with anything that changes ids, and with nothing else", async () => {
    const plain = await hash(fixture("wordpiece"));
    expect(plain).toMatch(/^[0-9a-f]{64}$/);
    const config = JSON.parse(await readFixture("wordpiece", "tokenizer_config.json"));
    const vocabulary = await readFixture("wordpiece", "vocab.txt");
    const variant = (files: Record<string, string | object>) =>
      copyWith("wordpiece", files).then((folder) => hash(folder));

    expect(await variant({})).toBe(plain);
    expect(await variant({ "tokenizer_config.json": { ...config, model_max_length: 512 } })).toBe(plain);
    expect(await hash(fixture("wordpiece"), { ...GLM, vocabSize: 2000 })).toBe(plain);

    expect(await variant({ "tokenizer_config.json": { ...config, do_lower_case: false } })).not.toBe(plain);
    expect(await variant({ "vocab.txt": vocabulary.replace("bridge", "ridges") })).not.toBe(plain);
    expect(await hash(fixture("wordpiece"), GLM_HF)).not.toBe(plain);
    expect(await hash(fixture("wordpiece"), { ...GLM, maskToken: "[UNK]" })).not.toBe(plain);
  });
});
