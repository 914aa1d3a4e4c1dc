import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { GlmEvalError } from "../../../src/errors.js";
import { parseExportConfig } from "../../../src/models/export/export-config.js";
import { MODEL_GROUPS, readExportConfig } from "../../../src/models/export/index.js";
import { EXPORTS, NAMES, refusal, work } from "./exports.js";

function refused(json: unknown): GlmEvalError {
  try {
    parseExportConfig(json, "config.json");
  } catch (error) {
    expect(error).toBeInstanceOf(GlmEvalError);
    return error as GlmEvalError;
  }
  throw new Error("it was accepted");
}

describe("config.json", () => {
  it.each(NAMES)("of %s", async (name) => {
    const cases = JSON.parse(readFileSync(path.join(EXPORTS, name, "cases.json"), "utf8")) as {
      family: string;
    };
    const config = await readExportConfig(path.join(EXPORTS, name));
    expect(config.family).toBe(cases.family);
    for (const size of [config.layers, config.hidden, config.heads]) expect(size).toBeGreaterThan(1);
  });

  // Values from the published models.
  it.each([
    [{ model_type: "bert", vocab_size: 30522, max_position_embeddings: 512, pad_token_id: 0 }, "masked", 512],
    // 514 rows; RoBERTa's positions start at pad_token_id + 1 = 2
    [
      { model_type: "roberta", vocab_size: 50265, max_position_embeddings: 514, pad_token_id: 1 },
      "masked",
      512,
    ],
    [
      { model_type: "mpnet", vocab_size: 30527, max_position_embeddings: 514, pad_token_id: 1 },
      "masked",
      512,
    ],
    [{ model_type: "gpt2", vocab_size: 50257, n_ctx: 1024, n_positions: 1024 }, "causal", 1024],
    [{ model_type: "t5", vocab_size: 32128, n_positions: 512, d_model: 512 }, "seq2seq", undefined],
    [{ model_type: "bart", vocab_size: 50265, max_position_embeddings: 1024 }, "seq2seq", 1024],
    [{ model_type: "bloom", vocab_size: 250880, seq_length: 2048 }, "causal", undefined],
    [
      { model_type: "falcon", vocab_size: 65024, alibi: true, max_position_embeddings: 2048 },
      "causal",
      undefined,
    ],
    [
      { model_type: "falcon", vocab_size: 65024, alibi: false, max_position_embeddings: 2048 },
      "causal",
      2048,
    ],
    [
      { model_type: "glm", vocab_size: 151552, num_key_value_heads: 2, max_position_embeddings: 8192 },
      "causal",
      8192,
    ],
  ] as const)("%j", (json, family, maxLength) => {
    expect(parseExportConfig(json, "config.json")).toMatchObject({
      family,
      maxLength,
      vocabSize: json.vocab_size,
    });
  });

  it("special tokens: the first of several, and generation_config.json for those that only it contains", () => {
    const json = { model_type: "llama", vocab_size: 9, eos_token_id: [5, 6], pad_token_id: null };
    const config = parseExportConfig(json, "config.json", {
      generation: { pad_token_id: 7, decoder_start_token_id: 8 },
    });
    expect(config).toMatchObject({ eosTokenId: 5, padTokenId: 7, decoderStartTokenId: 8 });
    expect(config).not.toHaveProperty("bosTokenId");
  });

  it("a requested family overrides it, and allows unknown types", () => {
    const as = (model_type: string, family: "masked" | "causal") =>
      parseExportConfig({ model_type, vocab_size: 9, architectures: ["NewForAnything"] }, "config.json", {
        family,
      });
    expect(as("bert", "causal").family).toBe("causal");
    expect(as("newest", "masked")).toMatchObject({ family: "masked", modelType: "newest" });
  });

  it("every type is in exactly one group, and every group says how it fills a blank", () => {
    const types = MODEL_GROUPS.flatMap((group) => group.types);
    expect(new Set(types).size).toBe(types.length);
    for (const { reads } of MODEL_GROUPS) expect(reads).not.toBe("");
  });
});

describe("a refused config", () => {
  it("names the type, the supported ones and the nearest", () => {
    const error = refused({ model_type: "robreta", vocab_size: 9 });
    expect(error.kind).toBe("model");
    expect(error.message).toMatch(/"robreta".*masked: bert,.*seq2seq: t5,.*causal: gpt2,/);
    expect(error.hint).toBe("Did you mean roberta?");
    expect(refused({ vocab_size: 9 }).message).toMatch(/model_type is missing/);
    expect(refused({ model_type: "whisper" }).hint).toMatch(/pass --family/);
  });

  it("an original GLM is not a GLM-4", () => {
    const error = refused({ model_type: "glm", num_layers: 24, max_sequence_length: 512, vocab_size: 30592 });
    expect(error.message).toMatch(/original GLM, which is loaded from its weights/);
  });

  it.each([
    ["bert", "BertForSequenceClassification"],
    ["bert", "BertForCausalLM"],
    ["electra", "ElectraForPreTraining"],
    ["t5", "T5ForTokenClassification"],
    ["llama", "LlamaForSequenceClassification"],
  ])("a %s with another head: %s", (model_type, architecture) => {
    const error = refused({ model_type, vocab_size: 9, architectures: [architecture] });
    expect(error.kind).toBe("model");
    expect(error.message).toMatch(
      new RegExp(`a ${architecture}, whose head does not score tokens; expected …For`),
    );
  });

  it("a bare model is not refused: its graph decides", () => {
    const config = parseExportConfig(
      { model_type: "bloom", vocab_size: 9, architectures: ["BloomModel"] },
      "c",
    );
    expect(config.architecture).toBe("BloomModel");
  });

  it("without a vocabulary", () => {
    expect(refused({ model_type: "bert", vocab_size: "many" })).toMatchObject({
      kind: "data",
      message: 'config.json: vocab_size is "many"',
    });
    expect(refused({ model_type: "bert" }).message).toBe("config.json: vocab_size is missing");
  });

  it("a folder without one", async () => {
    expect((await refusal(readExportConfig(work))).message).toMatch(/has no config\.json/);
    const none = await refusal(readExportConfig(path.join(work, "none")));
    expect(none.message).toMatch(/is not a readable folder/);
  });
});

const readWindow = (fields: Record<string, unknown>) =>
  parseExportConfig({ model_type: "mistral", vocab_size: 10, ...fields }, "config.json").window;

it("reads the attention window under the names that different model types use", () => {
  expect(readWindow({ sliding_window: 4096 })).toBe(4096);
  expect(readWindow({ model_type: "gpt_neo", window_size: 256 })).toBe(256);
  expect(
    readWindow({ model_type: "qwen2", sliding_window: 32768, use_sliding_window: false }),
  ).toBeUndefined();
  expect(readWindow({ sliding_window: null })).toBeUndefined();
  expect(readWindow({})).toBeUndefined();
});
