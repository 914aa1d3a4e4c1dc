import { describe, expect, test } from "vitest";
import { GlmEvalError } from "../../../src/errors.js";
import { loadJsonTokenizer } from "../../../src/models/tokenizers/index.js";
import { folderWith, kinds, tokenizerJson } from "./json-kinds.js";

async function failure(files: Record<string, object | string>, vocabSize = 5000): Promise<GlmEvalError> {
  const folder = await folderWith(files);
  const error = await loadJsonTokenizer(folder, { vocabSize }).catch((reason: unknown) => reason);
  if (!(error instanceof GlmEvalError)) throw new Error(`expected a GlmEvalError, got ${error}`);
  expect(error.kind).toBe("data");
  return error;
}

/** Returns the error about a kind's tokenizer.json with some of its keys replaced. */
async function said(name: string, changes: Record<string, unknown>): Promise<string> {
  const { message } = await failure({ "tokenizer.json": { ...tokenizerJson(name), ...changes } });
  return message.slice(message.indexOf("tokenizer.json"));
}

describe("no tokenizer.json", () => {
  test.each([
    [{ "vocab.txt": "[PAD]\n", "config.json": {} }, "has no tokenizer.json, only vocab.txt"],
    [{ "spiece.model": "" }, "has no tokenizer.json, only spiece.model"],
    [{ "merges.txt": "", "vocab.json": "" }, "has no tokenizer.json, only merges.txt, vocab.json"],
    [{ "config.json": {} }, "has no tokenizer.json and no other tokenizer"],
  ])("%o", async (files, expected) => {
    const { message, hint } = await failure(files);
    expect(message).toMatch(new RegExp(`${expected}$`));
    expect(hint).toContain("save_pretrained");
    expect(hint).toContain("ONNX repository");
  });

  test("no folder", async () => {
    const error = await loadJsonTokenizer("/no/such/folder", { vocabSize: 1 }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(GlmEvalError);
    expect((error as GlmEvalError).kind).toBe("model");
  });
});

describe("an unusable tokenizer.json", () => {
  test("not JSON", async () => {
    expect((await failure({ "tokenizer.json": "{" })).message).toContain("tokenizer.json is not JSON");
    expect((await failure({ "tokenizer.json": "[]" })).message).toContain("expected a JSON object");
  });

  test("ids beyond the model's vocabulary", async () => {
    const { size } = kinds.t5!;
    const { message } = await failure({ "tokenizer.json": tokenizerJson("t5") }, size - 1);
    expect(message).toContain(
      `token "<extra_id_0>" has id ${size - 1}, but the model's vocabulary has only ${size - 1} ids: tokenizer and model do not belong together`,
    );
  });

  const WORDS = { type: "WordLevel", vocab: { a: 0 }, unk_token: "a" };
  test.each([
    ["bert", { model: WORDS }, 'tokenizer.json.model: a model of type "WordLevel" is not supported'],
    ["bert", { model: null }, "tokenizer.json.model is null, expected the tokenizer's model"],
    [
      "bert",
      { model: { type: "WordPiece", vocab: { a: 1.5 } } },
      'vocab["a"] is 1.5, expected a non-negative integer',
    ],
    ["bert", { model: { type: "WordPiece", vocab: {} } }, "vocab is {}, expected tokens and their ids"],
    ["bert", { model: { type: "WordPiece", vocab: { a: 0 } } }, 'unk_token is "[UNK]", expected a token'],
    ["bert", { normalizer: { type: "Nmt" } }, 'normalizer: the normalizer "Nmt" is not supported'],
    [
      "bert",
      { pre_tokenizer: { type: "Sequence", pretokenizers: [{ type: "UnicodeScripts" }] } },
      'tokenizer.json.pre_tokenizer.pretokenizers[0]: the pre-tokenizer "UnicodeScripts" is not supported',
    ],
    ["bert", { pre_tokenizer: [] }, "tokenizer.json.pre_tokenizer is [], expected an object or null"],
    ["bert", { post_processor: { type: "Other" } }, 'the post-processor "Other" is not supported'],
    ["bert", { added_tokens: [{ id: "0", content: "x" }] }, 'added_tokens[0].id is "0", expected a number'],
    ["bert", { added_tokens: [{ id: 0, content: "" }] }, 'added_tokens[0].content is "", expected the token'],
    ["bert", { added_tokens: {} }, "added_tokens is {}, expected a list"],
    [
      "bert",
      { post_processor: { type: "TemplateProcessing", single: [{ SpecialToken: { id: "[X]" } }], pair: [] } },
      'single[0].SpecialToken is {"id":"[X]"}, expected one of the special_tokens',
    ],
    [
      "roberta",
      { post_processor: { type: "RobertaProcessing", cls: ["<s>"], sep: ["</s>", 2] } },
      'cls is ["<s>"], expected a token and its id',
    ],
    [
      "t5",
      { model: { type: "Unigram", vocab: [["a"]] } },
      'vocab[0] is ["a"], expected a piece and its score',
    ],
    [
      "t5",
      { model: { type: "Unigram", vocab: [["a", 0]], unk_id: 1 } },
      "unk_id is 1, expected the id of a piece",
    ],
    [
      "t5",
      { normalizer: { type: "Precompiled", precompiled_charsmap: "AAA=" } },
      "its character rules are truncated",
    ],
    [
      "t5",
      { pre_tokenizer: { type: "Metaspace", prepend_scheme: "last" } },
      'prepend_scheme is "last", expected',
    ],
    [
      "gpt2",
      { model: { type: "BPE", vocab: { a: 0 }, merges: ["a"] } },
      'merges[0] is "a", expected two pieces',
    ],
    [
      "gpt2",
      { model: { type: "BPE", vocab: { a: 0 }, merges: [], dropout: 0.1 } },
      "dropout, which makes ids random, is not supported",
    ],
    [
      "gpt2",
      { pre_tokenizer: { type: "Split", pattern: { Regex: "(?<" }, behavior: "Isolated" } },
      'the regular expression "(?<" is not supported',
    ],
    ["gpt2", { pre_tokenizer: { type: "Split", pattern: {} } }, 'pattern is {}, expected {"String"'],
    [
      "gpt2",
      { pre_tokenizer: { type: "Punctuation", behavior: "Some" } },
      'behavior is "Some", expected Removed',
    ],
    ["gpt2", { pre_tokenizer: { type: "ByteLevel", use_regex: 1 } }, "use_regex is 1, expected a boolean"],
  ])("%s with %o", async (name, changes, expected) => {
    expect(await said(name, changes)).toContain(expected);
  });

  test("a gap among the sentinels", async () => {
    const json = tokenizerJson("t5");
    const added = json.added_tokens.filter(({ content }) => content !== "<extra_id_7>");
    const vocab = json.model.vocab as [string, number][];
    const model = {
      ...json.model,
      vocab: vocab.map(([piece, score]) => [piece === "<extra_id_7>" ? "x" : piece, score]),
    };
    const { message } = await failure({ "tokenizer.json": { ...json, added_tokens: added, model } });
    expect(message).toContain("sentinels up to <extra_id_99>, but no <extra_id_7>");
  });
});
