import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Dtype } from "../../../src/models/config/index.js";
import { resolveModel } from "../../../src/models/sources/index.js";
import { sha256 } from "../../fetch/hub/hub-server.js";
import { FAST, failure, MODEL, setup } from "./setup.js";

type Files = Record<string, Buffer>;

const PLAIN = [
  "config.json",
  "generation_config.json",
  "special_tokens_map.json",
  "tokenizer.json",
  "tokenizer_config.json",
];

/** Makes a repository with an export: `graphs` in onnx/, next to PyTorch weights, code and files for other programs. */
function exported(config: object, graphs: readonly string[], others: Files = {}): Files {
  const text: Record<string, string> = {
    "README.md": "# A model\n",
    "config.json": JSON.stringify(config),
    "generation_config.json": '{"file": 1}',
    "modeling_x.py": "print('code')\n",
    "onnx/run.py": "print('code')\n",
    "onnx/README.md": "# Files\n",
    "special_tokens_map.json": '{"file": 2}',
    "tokenizer.json": '{"file": 3}',
    "tokenizer_config.json": '{"file": 4}',
    "vocab.txt": "[PAD]\n",
  };
  return {
    ...Object.fromEntries(Object.entries(text).map(([path, content]) => [path, Buffer.from(content)])),
    "model.safetensors": randomBytes(500),
    ...Object.fromEntries(graphs.map((name) => [`onnx/${name}`, randomBytes(3000)])),
    ...others,
  };
}

const BERT = { model_type: "bert" };
const T5 = { model_type: "t5", is_encoder_decoder: true };
const GLM4 = { model_type: "glm", num_key_value_heads: 2, head_dim: 128, intermediate_size: 13696 };

const DTYPE_FILES: [Dtype, string][] = [
  ["fp32", "model.onnx"],
  ["fp16", "model_fp16.onnx"],
  ["q8", "model_quantized.onnx"],
  ["int8", "model_int8.onnx"],
  ["uint8", "model_uint8.onnx"],
  ["q4", "model_q4.onnx"],
  ["q4f16", "model_q4f16.onnx"],
  ["bnb4", "model_bnb4.onnx"],
];
const ALL_DTYPES = DTYPE_FILES.map(([, file]) => file);

/** Lists everything under a folder, following links. */
function tree(folder: string): string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return paths.filter((path) => statSync(join(folder, path)).isFile()).sort();
}

const inOnnx = (names: readonly string[]): string[] => names.map((name) => `onnx/${name}`);

describe("an ONNX export on the hub", () => {
  test("is downloaded with its tokenizer, in float32, into the layout of Python's cache", async () => {
    const files = exported(BERT, ALL_DTYPES);
    const { hub, env } = await setup({ files });
    const totals: number[] = [];
    const onProgress = ({ receivedTotal }: { receivedTotal: number }): void =>
      void totals.push(receivedTotal);
    const model = await resolveModel(MODEL, { env, onProgress });
    expect(model.revision).toBe(hub.commit(MODEL));
    const expected = [...PLAIN, "onnx/model.onnx"].sort();
    expect(tree(model.folder)).toEqual(expected);
    for (const path of expected) expect(readFileSync(join(model.folder, path))).toEqual(files[path]);
    const blob = sha256(files["onnx/model.onnx"]!);
    expect(readlinkSync(join(model.folder, "onnx", "model.onnx"))).toBe(
      join("..", "..", "..", "blobs", blob),
    );
    expect(totals.at(-1)).toBe(expected.reduce((sum, path) => sum + files[path]!.length, 0));
  });

  test.each(DTYPE_FILES)("dtype %s is %s and nothing else", async (dtype, file) => {
    const { env } = await setup({ files: exported(BERT, ALL_DTYPES) });
    const { folder } = await resolveModel(MODEL, { env, dtype });
    expect(readdirSync(join(folder, "onnx"))).toEqual([file]);
  });

  test("of another dtype is added to the existing one", async () => {
    const { hub, env } = await setup({ files: exported(BERT, ALL_DTYPES) });
    await resolveModel(MODEL, { env });
    hub.requests.length = 0;
    const { folder } = await resolveModel(MODEL, { env, dtype: "q8" });
    expect(readdirSync(join(folder, "onnx")).sort()).toEqual(["model.onnx", "model_quantized.onnx"]);
    expect(hub.requests.filter(({ host }) => host === "cdn").map(({ file }) => file)).toEqual([
      "onnx/model_quantized.onnx",
    ]);
  });

  const encoder = "encoder_model.onnx";
  const merged = "decoder_model_merged.onnx";
  const decoder = "decoder_model.onnx";
  test.each([
    [
      "encoder and merged decoder",
      T5,
      [encoder, merged, decoder, "decoder_with_past_model.onnx"],
      [merged, encoder],
    ],
    ["encoder and decoder, if none is merged", T5, [encoder, decoder], [decoder, encoder]],
    ["the encoder-decoder beside another head", T5, ["model.onnx", encoder, merged], [merged, encoder]],
    ["a decoder under its older name", { model_type: "gpt2" }, [decoder, merged], [merged]],
    ["one graph before older names", { model_type: "gpt2" }, [merged, "model.onnx"], ["model.onnx"]],
    ["GLM-4, whose type is that of the original", GLM4, ["model.onnx"], ["model.onnx"]],
  ])("%s", async (_, config, graphs, expected) => {
    const { env } = await setup({ files: exported(config, graphs) });
    const { folder } = await resolveModel(MODEL, { env });
    expect(readdirSync(join(folder, "onnx")).sort()).toEqual(expected);
    expect(tree(folder).filter((path) => !path.includes("/"))).toEqual(PLAIN);
    expect((await resolveModel(MODEL, { env, offline: true })).folder).toBe(folder);
  });

  test("an original GLM is still downloaded as weights, whatever is in onnx/", async () => {
    const files = exported({ model_type: "glm" }, ["model.onnx"]);
    const { env } = await setup({ files });
    const { folder } = await resolveModel(MODEL, { env, dtype: "q4" });
    expect(tree(folder)).toEqual([
      "config.json",
      "model.safetensors",
      "special_tokens_map.json",
      "tokenizer_config.json",
      "vocab.txt",
    ]);
  });

  test("is taken from the cache without a request, and offline", async () => {
    const { hub, env } = await setup({ files: exported(BERT, ALL_DTYPES) });
    const first = await resolveModel(MODEL, { env, dtype: "fp16" });
    const requests = hub.requests.length;
    expect(await resolveModel(MODEL, { env, dtype: "fp16" })).toEqual(first);
    expect(hub.requests).toHaveLength(requests);
    await hub.close();
    expect(await resolveModel(MODEL, { env, dtype: "fp16", offline: true })).toEqual(first);
    const error = await failure(resolveModel(MODEL, { env, dtype: "q4", offline: true }));
    expect(error.message).toContain("missing there: onnx/model_q4.onnx");
  });

  test("is found where Python stored it, and only missing files are downloaded", async () => {
    const files = exported(BERT, ["model.onnx"]);
    const { hub, home, env } = await setup({ files });
    const repo = join(home, "hub", "models--somebody--glm-tiny");
    const snapshot = join(repo, "snapshots", hub.commit(MODEL));
    mkdirSync(join(snapshot, "onnx"), { recursive: true });
    mkdirSync(join(repo, "refs"));
    writeFileSync(join(repo, "refs", "main"), hub.commit(MODEL));
    for (const path of ["config.json", "tokenizer_config.json", "onnx/model.onnx"]) {
      writeFileSync(join(snapshot, path), files[path]!);
    }
    const error = await failure(resolveModel(MODEL, { env, offline: true }));
    expect(error.message).toContain("missing there: tokenizer.json");
    await resolveModel(MODEL, { env });
    expect(hub.requests.map(({ file }) => file).filter((file) => file !== "")).toEqual([
      "generation_config.json",
      "tokenizer.json",
      "special_tokens_map.json",
    ]);
  });

  test("resumes an interrupted download", async () => {
    const files = exported(BERT, [], { "onnx/model.onnx": randomBytes(400_000) });
    const { hub, env } = await setup({ files });
    hub.trouble({ file: "onnx/model.onnx", cutAfter: 150_000 });
    const { folder } = await resolveModel(MODEL, { env, network: FAST });
    expect(readFileSync(join(folder, "onnx", "model.onnx"))).toEqual(files["onnx/model.onnx"]);
    const ranges = hub.requests.filter(({ host }) => host === "cdn").map(({ range }) => range);
    expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]\d*-$/)]);
  });

  test("that arrives damaged is refused", async () => {
    const files = exported(BERT, ["model.onnx"]);
    const { hub, env } = await setup({ files });
    hub.trouble({ file: "onnx/model.onnx", replacement: randomBytes(3000) });
    const error = await failure(resolveModel(MODEL, { env, network: FAST }));
    expect(error.message).toMatch(/^the download of onnx\/model\.onnx is damaged: its hash is/);
  });
});

describe("weights next to the graph", () => {
  /** Imitates a protobuf external_data entry: the location's name between other bytes. */
  const graph = (...names: string[]): Buffer =>
    Buffer.concat(names.flatMap((name) => [randomBytes(50), Buffer.from(`location\x12${name}j`)]));
  const files = (): Files =>
    exported(BERT, ["model_fp16.onnx", "model_fp16.onnx_data", "model.onnx_data.txt", "model.onnx_data_x"], {
      "onnx/model.onnx": graph("model.onnx_data", "model.onnx_data_1"),
      "onnx/model.onnx_data": randomBytes(2000),
      "onnx/model.onnx_data_1": randomBytes(2000),
    });
  const PARTS = ["model.onnx", "model.onnx_data", "model.onnx_data_1"];

  test("are downloaded with it, before it", async () => {
    const { hub, env } = await setup({ files: files() });
    const { folder } = await resolveModel(MODEL, { env });
    expect(readdirSync(join(folder, "onnx")).sort()).toEqual(PARTS);
    expect(hub.requests.filter(({ host }) => host === "cdn").map(({ file }) => file)).toEqual(
      inOnnx(["model.onnx_data", "model.onnx_data_1", "model.onnx"]),
    );
    expect((await resolveModel(MODEL, { env, offline: true })).folder).toBe(folder);
  });

  test("that are not all cached do not count as a complete model, and are downloaded", async () => {
    const { env } = await setup({ files: files() });
    const { folder } = await resolveModel(MODEL, { env });
    rmSync(join(folder, "onnx", "model.onnx_data_1"));
    const error = await failure(resolveModel(MODEL, { env, offline: true }));
    expect(error.message).toContain("missing there: onnx/model.onnx_data_1");
    await resolveModel(MODEL, { env });
    expect(readdirSync(join(folder, "onnx")).sort()).toEqual(PARTS);
  });
});

describe("a repository without the requested files", () => {
  test("no ONNX files", async () => {
    const files = Object.entries(exported(BERT, [])).filter(([path]) => !path.startsWith("onnx/"));
    const { env } = await setup({ files: Object.fromEntries(files) });
    const error = await failure(resolveModel(MODEL, { env }));
    expect(error.kind).toBe("model");
    expect(error.message).toBe(`${MODEL} has no ONNX files; a model of type "bert" needs an ONNX export`);
    expect(error.hint).toBe(
      `Look for onnx-community/glm-tiny or Xenova/glm-tiny, or create an export with Python: optimum-cli export onnx --model ${MODEL} FOLDER`,
    );
  });

  test("another dtype: the complete ones are listed", async () => {
    const { env } = await setup({
      files: exported(T5, ["encoder_model.onnx", "decoder_model.onnx", "encoder_model_q4.onnx"]),
    });
    const error = await failure(resolveModel(MODEL, { env, dtype: "q4" }));
    expect(error.message).toBe(
      `${MODEL} has no ONNX files of dtype q4 (onnx/encoder_model_q4.onnx and onnx/decoder_model_merged_q4.onnx); it has fp32`,
    );
  });

  test("ONNX files for something else", async () => {
    const { env } = await setup({ files: exported(BERT, ["vision_model.onnx"]) });
    const error = await failure(resolveModel(MODEL, { env }));
    expect(error.message).toContain(`${MODEL} has no onnx/model.onnx, only onnx/vision_model.onnx;`);
  });

  test("no tokenizer.json", async () => {
    const { "tokenizer.json": _, ...files } = exported(BERT, ["model.onnx"]);
    const { hub, env } = await setup({ files });
    const error = await failure(resolveModel(MODEL, { env }));
    expect(error.message).toBe(`${MODEL} has no tokenizer.json`);
    expect(error.hint).toContain("vocab.txt");
    expect(error.hint).toContain("save_pretrained");
    expect(hub.requests.some(({ host }) => host === "cdn")).toBe(false);
  });

  test("names that would lead out of the cache are ignored", async () => {
    const outside = [
      "onnx/../model.onnx",
      "onnx/..",
      "../onnx/model.onnx",
      "/onnx/model.onnx",
      "onnx/a/model.onnx",
    ];
    for (const path of outside) {
      const { env } = await setup({
        files: exported(BERT, ["model.onnx"]),
        listed: (entry) => (entry.path === "onnx/model.onnx" ? { ...entry, path } : entry),
      });
      const error = await failure(resolveModel(MODEL, { env }));
      expect(error.message).toContain(`${MODEL} has no ONNX files`);
    }
  });
});
