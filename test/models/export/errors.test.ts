import { readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { loadExport, readExport } from "../../../src/models/export/index.js";
import { encodeModel, noise, tensor } from "../onnx/tiny.js";
import { cache, copyFixture, refusal } from "./exports.js";

type Options = Parameters<typeof readExport>[1] & Parameters<typeof loadExport>[1];
const load = async (folder: string, options: Options = {}) => {
  const opened = readExport(folder, options).then((read) =>
    loadExport(read, { cacheFolder: cache, ...options }),
  );
  return await refusal(opened.then((model) => model.close()));
};

function editConfig(folder: string, change: Record<string, unknown>): void {
  const file = path.join(folder, "config.json");
  const json = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  writeFileSync(file, JSON.stringify({ ...json, ...change }));
}

/** Encodes a BERT without its head, as exported for sentence embeddings. */
function withoutHead(): Uint8Array {
  return encodeModel(14, (g) => {
    const ids = g.input("input_ids", "int64", ["B", "S"]);
    tensor(g, "embedding", [374, 4], noise(4 * 374, 1));
    g.output("last_hidden_state", g.op("Gather", ["embedding", ids]), "float32", ["B", "S", 4]);
  });
}

describe("files", () => {
  it("only PyTorch weights: explains how to export them", async () => {
    const folder = copyFixture("bert");
    rmSync(path.join(folder, "onnx"), { recursive: true });
    writeFileSync(path.join(folder, "model.safetensors"), "");
    const error = await load(folder);
    expect(error.kind).toBe("model");
    expect(error.message).toBe(`${folder} has model.safetensors but no ONNX export (onnx/*.onnx)`);
    expect(error.hint).toContain(`optimum-cli export onnx --model ${folder} OUT`);
    expect(error.hint).toContain("onnx-community/");
    rmSync(path.join(folder, "model.safetensors"));
    expect((await load(folder)).message).toBe(`${folder} has no ONNX export (onnx/*.onnx)`);
  });

  it("an unavailable dtype: lists the available ones", async () => {
    const error = await load(copyFixture("bert"), { dtype: "q4" });
    expect(error.kind).toBe("model");
    expect(error.message).toMatch(/has no q4 export; its dtypes are fp32, fp16, q8$/);
  });

  it("a decoder without its encoder", async () => {
    const folder = copyFixture("bart");
    rmSync(path.join(folder, "onnx", "encoder_model.onnx"));
    const error = await load(folder);
    expect(error.message).toMatch(
      /lacks encoder_model\.onnx, which a seq2seq model needs; found decoder_model_merged\.onnx/,
    );
  });

  it("an encoder without its decoder", async () => {
    const folder = copyFixture("bart");
    rmSync(path.join(folder, "onnx", "decoder_model_merged.onnx"));
    expect((await load(folder)).message).toMatch(/lacks decoder_model_merged\.onnx or decoder_model\.onnx/);
  });

  it("files for another family", async () => {
    const folder = copyFixture("bart");
    editConfig(folder, { model_type: "bert", architectures: ["BertForMaskedLM"] });
    const error = await load(folder);
    expect(error.message).toMatch(/lacks model\.onnx, which a masked model needs/);
    expect(error.hint).toMatch(/fill-mask/);
  });

  it("a --family other than the model's", async () => {
    const error = await load(copyFixture("bert"), { family: "seq2seq" });
    expect(error).toMatchObject({
      kind: "model",
      message: expect.stringMatching(/lacks encoder_model.onnx .*, which a seq2seq model needs/),
    });
  });

  it("missing external data is named", async () => {
    const folder = copyFixture("gpt_neox");
    rmSync(path.join(folder, "onnx", "model.onnx_data"));
    const error = await load(folder);
    expect(error.kind).toBe("model");
    expect(error.message).toMatch(/model\.onnx stores data in model\.onnx_data, which is missing$/);
  });

  it("finds files in the folder itself, as written by optimum", async () => {
    const folder = copyFixture("bert");
    for (const name of readdirSync(path.join(folder, "onnx")))
      renameSync(path.join(folder, "onnx", name), path.join(folder, name));
    const model = await loadExport(await readExport(folder), { cacheFolder: cache });
    await model.close();
    expect(model.dtype).toBe("fp32");
  });

  it("without a requested dtype, uses the one closest to float32, with a note", async () => {
    const folder = copyFixture("bert");
    rmSync(path.join(folder, "onnx", "model.onnx"));
    const model = await loadExport(await readExport(folder), { cacheFolder: cache });
    await model.close();
    expect(model.dtype).toBe("fp16");
    expect(model.notes).toEqual(["The folder has no float32 export; using fp16."]);
  });
});

describe("graphs", () => {
  const replaced = (bytes: Uint8Array): string => {
    const folder = copyFixture("bert");
    writeFileSync(path.join(folder, "onnx", "model.onnx"), bytes);
    return folder;
  };

  it("without logits: lists its outputs and the exported class", async () => {
    const folder = replaced(withoutHead());
    editConfig(folder, { architectures: ["BertModel"] });
    const error = await load(folder);
    expect(error.kind).toBe("model");
    expect(error.message).toMatch(/has no output "logits", only last_hidden_state \(BertModel\)/);
  });

  it("with logits over something other than the vocabulary", async () => {
    const bytes = encodeModel(14, (g) => {
      const ids = g.input("input_ids", "int64", ["B", "S"]);
      tensor(g, "embedding", [374, 2], noise(2 * 374, 1));
      const pooled = g.op("ReduceMean", [g.op("Gather", ["embedding", ids])], { axes: [1], keepdims: 0 });
      g.output("logits", pooled, "float32", ["B", 2]);
    });
    const error = await load(replaced(bytes));
    expect(error.message).toMatch(
      /logits have shape \[B, 2\], expected \[batch, sequence, 374\] from config\.json's vocab_size/,
    );
  });

  it("with a vocabulary other than config.json's", async () => {
    const folder = copyFixture("bert");
    editConfig(folder, { vocab_size: 400 });
    const error = await load(folder);
    expect(error.message).toMatch(
      /logits have shape \[batch_size, sequence_length, 374\], expected .* 400\]/,
    );
  });

  it("with a config.json that has fewer tokens than the tokenizer", async () => {
    const folder = copyFixture("bert");
    editConfig(folder, { vocab_size: 100 });
    expect((await load(folder)).kind).toBe("data");
  });

  it("that require more than text", async () => {
    const bytes = encodeModel(14, (g) => {
      g.input("input_ids", "int64", ["B", "S"]);
      const pixels = g.input("pixel_values", "float32", ["B", "S", 374]);
      g.output("logits", g.op("Neg", [pixels]), "float32", ["B", "S", 374]);
    });
    const error = await load(replaced(bytes));
    expect(error.message).toMatch(
      /requires the input pixel_values; the inputs of a masked graph are input_ids, attention_mask/,
    );
  });

  it("that are damaged", async () => {
    const folder = copyFixture("bert");
    truncateSync(path.join(folder, "onnx", "model.onnx"), 100_000);
    const error = await load(folder);
    expect(error.kind).toBe("data");
    expect(error.message).toMatch(/model\.onnx is not an ONNX model, or is damaged/);
  });

  it("that ONNX Runtime cannot load, with its own message", async () => {
    const bytes = encodeModel(14, (g) => {
      const ids = g.input("input_ids", "int64", ["B", "S"]);
      g.output("logits", g.op("Unheard", [ids]), "float32", ["B", "S", 374]);
    });
    const error = await load(replaced(bytes));
    expect(error.kind).toBe("model");
    expect(error.message).toMatch(/ONNX Runtime cannot load .*Unheard/);
  });

  it("with operators that are too old", async () => {
    const bytes = encodeModel(10, (g) => {
      const ids = g.input("input_ids", "int64", ["B", "S"]);
      tensor(g, "embedding", [374, 374], noise(374 * 374, 1));
      g.output("logits", g.op("Gather", ["embedding", ids]), "float32", ["B", "S", 374]);
    });
    expect((await load(replaced(bytes))).message).toMatch(/uses version 10 of the standard operators/);
  });

  it("that give NaN", async () => {
    const bytes = encodeModel(14, (g) => {
      const ids = g.input("input_ids", "int64", ["B", "S"]);
      tensor(g, "embedding", [374, 374], new Float32Array(374 * 374).fill(Number.NaN));
      g.output("logits", g.op("Gather", ["embedding", ids]), "float32", ["B", "S", 374]);
    });
    expect((await load(replaced(bytes))).message).toMatch(/gives NaN for ordinary tokens/);
  });

  it("of a decoder that cannot start without a past", async () => {
    const folder = copyFixture("mt5");
    const bytes = encodeModel(14, (g) => {
      const ids = g.input("input_ids", "int64", ["B", "S"]);
      g.input("encoder_hidden_states", "float32", ["B", "T", 32]);
      const past = g.input("past_key_values.0.decoder.key", "float32", ["B", 2, "P", 8]);
      const { vocab_size: size } = JSON.parse(readFileSync(path.join(folder, "config.json"), "utf8"));
      tensor(g, "embedding", [size, size], noise(size * size, 1));
      const some = g.op("ReduceSum", [past], { keepdims: 0 });
      g.output("logits", g.op("Add", [g.op("Gather", ["embedding", ids]), some]), "float32", [
        "B",
        "S",
        size,
      ]);
    });
    writeFileSync(path.join(folder, "onnx", "decoder_model.onnx"), bytes);
    expect((await load(folder)).message).toMatch(/always reads past_key_values\.0\.decoder\.key/);
  });
});
