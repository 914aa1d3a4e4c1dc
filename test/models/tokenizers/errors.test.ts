import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadTokenizer, type TokenizerOptions } from "../../../src/models/tokenizers/index.js";
import { copyWith, fixture, GLM, readFixture } from "./fixtures.js";

/** Returns the error of loading, with its hint. */
async function failure(folder: string, options: TokenizerOptions = GLM): Promise<string> {
  const error = await loadTokenizer(folder, options).then(
    () => ({ name: "nothing failed", message: "" }),
    (reason) => reason,
  );
  expect(error).toMatchObject({ name: "GlmEvalError" });
  return `${error.kind}: ${error.message} ${error.hint ?? ""}`.replaceAll(folder, "FOLDER");
}

const spoiled = async (name: string, files: Parameters<typeof copyWith>[1], options = GLM) =>
  failure(await copyWith(name, files), options);

describe("files", () => {
  test("no such folder", async () => {
    expect(await failure(fixture("nowhere"))).toMatch(/^model: FOLDER is not a readable folder/);
  });

  test("no vocabulary: the error lists what was looked for", async () => {
    const said = await spoiled("wordpiece", { "vocab.txt": null });
    expect(said).toMatch(
      /^data: FOLDER contains no tokenizer: .*vocab\.txt.*vocab\.json with merges\.txt.*\*\.model/,
    );
    expect(await spoiled("gpt2", { "merges.txt": null })).toContain("(only vocab.json is there)");
  });

  test("two vocabularies", async () => {
    expect(await spoiled("wordpiece", { "tokenizer.model": "x" })).toContain(
      "2 vocabularies (vocab.txt, tokenizer.model)",
    );
  });

  test("the error about invalid JSON names the file", async () => {
    for (const name of ["vocab.json", "added_tokens.json", "tokenizer_config.json"]) {
      expect(await spoiled("gpt2", { [name]: '{"a": 1,' })).toMatch(
        new RegExp(`^data: FOLDER.${name} is not JSON: `),
      );
      expect(await spoiled("gpt2", { [name]: "[1]" })).toContain(
        `${name} contains [1], expected a JSON object`,
      );
    }
  });

  test("text that is not UTF-8", async () => {
    expect(await spoiled("wordpiece", { "vocab.txt": Uint8Array.of(0x5b, 0xff, 0xfe) })).toContain(
      "vocab.txt is not UTF-8",
    );
  });

  test("settings of the wrong type", async () => {
    expect(await spoiled("wordpiece", { "tokenizer_config.json": { do_lower_case: "yes" } })).toContain(
      'do_lower_case is "yes", expected true or false',
    );
    expect(await spoiled("wordpiece", { "tokenizer_config.json": { cls_token: 5 } })).toContain(
      'cls_token is 5, expected a string or an object with "content"',
    );
    expect(
      await spoiled("wordpiece", {
        "tokenizer_config.json": { added_tokens_decoder: { "7": { special: true } } },
      }),
    ).toContain("added_tokens_decoder.7 is");
  });
});

describe("vocabularies", () => {
  test("a duplicate token in vocab.txt", async () => {
    const lines = (await readFixture("wordpiece", "vocab.txt")).trimEnd().split("\n");
    expect(await spoiled("wordpiece", { "vocab.txt": [...lines, "bridge"].join("\n") })).toMatch(
      new RegExp(
        `vocab\\.txt, line ${lines.length + 1}: token "bridge" is already on line ${lines.indexOf("bridge") + 1}`,
      ),
    );
  });

  test("no [UNK]", async () => {
    expect(await spoiled("wordpiece", { "vocab.txt": "[PAD]\n[CLS]\n" })).toContain(
      "has 2 tokens but lacks [UNK]",
    );
  });

  test("Windows line endings give the same vocabulary", async () => {
    const vocabulary = await readFixture("wordpiece", "vocab.txt");
    const folder = await copyWith("wordpiece", { "vocab.txt": vocabulary.replaceAll("\n", "\r\n") });
    const [there, here] = await Promise.all([
      loadTokenizer(folder, GLM),
      loadTokenizer(fixture("wordpiece"), GLM),
    ]);
    expect(there.encode("The old bridge, naïve.")).toEqual(here.encode("The old bridge, naïve."));
  });

  test("two tokens with the same id", async () => {
    const vocabulary = JSON.parse(await readFixture("gpt2", "vocab.json"));
    expect(await spoiled("gpt2", { "vocab.json": { ...vocabulary, new: 7 } })).toMatch(
      /vocab\.json: tokens ".+" and "new" both have id 7/,
    );
    expect(await spoiled("gpt2", { "vocab.json": { ...vocabulary, new: "x" } })).toContain(
      'token "new" has id "x"',
    );
    expect(await spoiled("gpt2", { "added_tokens.json": { "<|startofpiece|>": 3 } })).toMatch(
      /added_tokens\.json: "<\|startofpiece\|>" has id 3, but the vocabulary has ".+" there/,
    );
    expect(await spoiled("gpt2", { "added_tokens.json": { "<|endoftext|>": 4000 } })).toContain(
      "the vocabulary has it at 1200",
    );
  });

  test("merges from another vocabulary", async () => {
    const merges = (await readFixture("gpt2", "merges.txt")).split("\n");
    const line = (text: string) => spoiled("gpt2", { "merges.txt": [merges[0], merges[1], text].join("\n") });
    expect(await line("q zz")).toMatch(
      /merges\.txt, line 3: merging "q" and "zz" needs "zz", which is not in vocab\.json/,
    );
    expect(await line("q !")).toContain('needs "q!"');
    expect(await line("one two three")).toContain("expected two pieces separated by one space");
    expect(await spoiled("gpt2", { "merges.txt": "#version: 0.2\n" })).toContain("contains no merges");
  });

  test("a vocab.json that is not byte-level", async () => {
    const { Ā: _, ...vocabulary } = JSON.parse(await readFixture("gpt2", "vocab.json"));
    const said = await spoiled("gpt2", { "vocab.json": vocabulary, "merges.txt": "a a\n" });
    expect(said).toContain('lacks 1 of the 256 bytes (the first is "Ā") and has no [UNK]');
  });

  test("tokenizer and model do not belong together", async () => {
    const said = await failure(fixture("gpt2"), { ...GLM, vocabSize: 1208 });
    expect(said).toMatch(
      /ids up to 1208 \("\[sMASK\]"\), but the model's vocabulary has only 1208 ids: .* do not belong together/,
    );
    await expect(loadTokenizer(fixture("gpt2"), { ...GLM, vocabSize: 1209 })).resolves.toBeDefined();
  });
});

describe("special tokens", () => {
  test("a BERT that is not a GLM", async () => {
    const said = await spoiled("wordpiece", { "added_tokens.json": null });
    expect(said).toMatch(
      /^data: FOLDER is not a GLM tokenizer: it lacks <\|startofpiece\|> and <\|endofpiece\|>/,
    );
    expect(said).toContain("[MASK] 4");
    expect(await spoiled("wordpiece", { "added_tokens.json": { "<|startofpiece|>": 1401 } })).toContain(
      "lacks <|endofpiece|> (looked in",
    );
  });

  test("no [MASK]", async () => {
    const { "[MASK]": _, ...added } = JSON.parse(await readFixture("gpt2", "added_tokens.json"));
    const said = await spoiled("gpt2", { "added_tokens.json": added });
    expect(said).toMatch(
      /^data: .*the mask token "\[MASK\]" is neither in the vocabulary nor in added_tokens\.json/,
    );
    expect(said).toContain("[CLS] 1203");
  });
});

describe("SentencePiece models", () => {
  const model = (name: string) => readFile(join(fixture(name), "cog-pretrain.model"));
  const FILE = "cog-pretrain.model";

  test("not a protobuf, or a different one", async () => {
    const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 237539\n";
    for (const bytes of [pointer, "", Uint8Array.of(0x0a, 0xff, 0xff, 0x03), Uint8Array.of(0x08, 0x01)]) {
      expect(await spoiled("chinese", { [FILE]: bytes })).toMatch(
        /^data: FOLDER.cog-pretrain\.model is not a SentencePiece model/,
      );
    }
    expect(await spoiled("chinese", { [FILE]: (await model("chinese")).subarray(0, 9000) })).toContain(
      "not a SentencePiece model",
    );
  });

  test.each([
    ["word", 3],
    ["char", 4],
  ])("type %s is not supported", async (name, type) => {
    // A later trainer_spec (field 2) with a model_type (field 3) overrides the first.
    const bytes = Buffer.concat([await model("chinese"), Uint8Array.of(0x12, 2, 0x18, type)]);
    expect(await spoiled("chinese", { [FILE]: bytes })).toContain(
      `of type "${name}", expected "bpe" or "unigram"`,
    );
  });

  test("byte fallback is not supported", async () => {
    const bytes = Buffer.concat([await model("chinese"), Uint8Array.of(0x12, 3, 0x98, 0x02, 1)]);
    expect(await spoiled("chinese", { [FILE]: bytes })).toContain("uses SentencePiece's byte_fallback");
  });

  test("a duplicate piece, and no unknown piece", async () => {
    const again = Buffer.concat([await model("chinese"), Uint8Array.of(0x0a, 5, 0x0a, 3, 0x3c, 0x6e, 0x3e)]);
    expect(await spoiled("chinese", { [FILE]: again })).toContain('piece "<n>" has ids 3 and 1400');
    const lone = Uint8Array.of(0x0a, 3, 0x0a, 1, 0x61);
    expect(await spoiled("chinese", { [FILE]: lone })).toContain("none of its pieces is the unknown piece");
  });

  test("truncated character rules", async () => {
    // A later normalizer_spec (field 3) whose charsmap (field 2) claims a trie of 64 bytes but has none.
    const bytes = Buffer.concat([await model("chinese"), Uint8Array.of(0x1a, 6, 0x12, 4, 64, 0, 0, 0)]);
    expect(await spoiled("chinese", { [FILE]: bytes })).toContain("its character rules are truncated");
  });
});
