import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { editModel } from "../../../src/models/export/edit-model.js";
import { readExportConfig } from "../../../src/models/export/export-config.js";
import { loadExport, readExport } from "../../../src/models/export/index.js";
import { findConsumers, findProducers, OnnxModel, prune } from "../../../src/models/onnx/index.js";
import { copyFixture, EXPORTS, refusal, work } from "./exports.js";

let caches = 0;
const freshCache = (): string => path.join(work, `cache-${caches++}`);

/**
 * Loads and closes a model, and returns what was done for it, but for reading files for their hashes: that of a file
 * which was written a moment ago, as those of a test are, is not remembered.
 */
async function stages(folder: string, cache: string): Promise<string[]> {
  return (await allStages(folder, cache)).filter((stage) => stage !== "hash");
}

async function allStages(folder: string, cache: string): Promise<string[]> {
  const done: string[] = [];
  const model = await loadExport(await readExport(folder), {
    cacheFolder: cache,
    onProgress: (stage) => done.push(stage),
  });
  await model.close();
  return done;
}

/** Lists the folders of a cache, each of which contains one graph, with their files. */
function graphsIn(cache: string): Record<string, string[]> {
  const exports = path.join(cache, "exports");
  const folders = readdirSync(exports, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return Object.fromEntries(folders.map(({ name }) => [name, readdirSync(path.join(exports, name)).sort()]));
}

/** Finds the folder of the edited graph. */
function editedIn(cache: string): string {
  const [name] = Object.entries(graphsIn(cache)).find(([, files]) => files.includes("check.json"))!;
  return path.join(cache, "exports", name);
}

describe("the cache", () => {
  it("is filled on first use; after that, nothing is read, edited or checked again", async () => {
    const cache = freshCache();
    // Not a copy: its files have long been as they are, so that their hashes are remembered.
    const folder = path.join(EXPORTS, "bert");
    expect(await allStages(folder, cache)).toEqual(["hash", "check", "convert", "load", "check"]);
    expect(await allStages(folder, cache)).toEqual(["load"]);
    // The untouched graph stays where it is.
    expect(Object.values(graphsIn(cache)).sort()).toEqual([
      ["check.json", "glm-eval.json", "model.onnx"],
      ["glm-eval.json", "survey.json"],
    ]);
  });

  it("recognizes the same model in another place, and another model in the same place", async () => {
    const cache = freshCache();
    await stages(copyFixture("bert"), cache);
    const folder = copyFixture("bert");
    expect(await stages(folder, cache)).toEqual(["load"]);
    const file = path.join(folder, "onnx", "model.onnx");
    const bytes = readFileSync(file);
    const at = bytes.lastIndexOf("model.bert.embeddings.word_embeddings.weight") + 60;
    bytes[at]! ^= 1;
    writeFileSync(file, bytes);
    expect(await stages(folder, cache)).toEqual(["check", "convert", "load", "check"]);
    expect(Object.keys(graphsIn(cache))).toHaveLength(4);
  });

  it("recreates a truncated edited graph", async () => {
    const cache = freshCache();
    const folder = copyFixture("bert");
    await stages(folder, cache);
    const file = path.join(editedIn(cache), "model.onnx");
    writeFileSync(file, readFileSync(file).subarray(0, 1000));
    expect(await stages(folder, cache)).toEqual(["convert", "load", "check"]);
    expect(await stages(folder, cache)).toEqual(["load"]);
  });

  it("refuses an edited graph whose results differ from the exporter's own", async () => {
    const cache = freshCache();
    const folder = copyFixture("bert");
    await stages(folder, cache);
    const edited = editedIn(cache);
    rmSync(path.join(edited, "check.json"));
    const plain = Object.entries(graphsIn(cache)).find(([, files]) => files.includes("survey.json"))![0];
    const file = path.join(cache, "exports", plain, "survey.json");
    const survey = JSON.parse(readFileSync(file, "utf8")) as { first: { places: { logProbs: number[] }[] } };
    survey.first.places[3]!.logProbs[1]! += 0.01;
    writeFileSync(file, JSON.stringify(survey));
    const error = await refusal(stages(folder, cache));
    expect(error.kind).toBe("model");
    expect(error.message).toMatch(
      /model\.onnx: with the target head, .* they differ by 0\.0100, expected at most 0\.0001/,
    );
    expect(readdirSync(edited)).not.toContain("check.json");
  });

  it("is named if it is not writable", async () => {
    const cache = path.join(work, "a-file");
    writeFileSync(cache, "");
    const error = await refusal(stages(copyFixture("bert"), cache));
    expect(error).toMatchObject({ kind: "model", message: expect.stringContaining(cache) });
    expect(error.hint).toMatch(/GLM_EVAL_CACHE/);
  });
});

describe("external data", () => {
  it("is next to the edited graph without taking extra space", async () => {
    const cache = freshCache();
    const folder = copyFixture("gpt_neox");
    await stages(folder, cache);
    const edited = editedIn(cache);
    const linked = statSync(path.join(edited, "model.onnx_data"));
    expect(linked.ino).toBe(statSync(path.join(folder, "onnx", "model.onnx_data")).ino);
    expect(await stages(folder, cache)).toEqual(["load"]);
  });

  it("is found through symbolic links, as in the hub's cache", async () => {
    const folder = copyFixture("gpt_neox");
    const blobs = path.join(work, "blobs");
    mkdirSync(blobs);
    for (const name of ["model.onnx", "model.onnx_data"]) {
      const file = path.join(folder, "onnx", name);
      renameSync(file, path.join(blobs, name.replaceAll(".", "")));
      symlinkSync(path.join("..", "..", "blobs", name.replaceAll(".", "")), file);
    }
    const cache = freshCache();
    await stages(folder, cache);
    expect(statSync(path.join(editedIn(cache), "model.onnx_data")).isFile()).toBe(true);
  });

  it("that is modified in place is detected", async () => {
    const cache = freshCache();
    const folder = copyFixture("gpt_neox");
    await stages(folder, cache);
    const data = path.join(folder, "onnx", "model.onnx_data");
    const before = readFileSync(data);
    // The linked file changes too; the old graph must no longer be found for the old data.
    appendFileSync(data, "x");
    expect(await stages(folder, cache)).toEqual(["check", "convert", "load", "check"]);
    // Written back, the old graph is right again: it is a link to the same file.
    writeFileSync(data, before);
    expect(await stages(folder, cache)).toEqual(["load"]);
  });

  it("that changed in its place, to the same size and time, is not found for the same model elsewhere", async () => {
    const cache = freshCache();
    const folder = copyFixture("gpt_neox");
    const elsewhere = copyFixture("gpt_neox");
    await stages(folder, cache);
    expect(await stages(elsewhere, cache)).toEqual(["load"]);
    const data = path.join(folder, "onnx", "model.onnx_data");
    const { atime, mtime } = statSync(data);
    writeFileSync(data, readFileSync(data).reverse());
    utimesSync(data, atime, mtime);
    expect(await stages(elsewhere, cache)).toEqual(["check", "convert", "load", "check"]);
    const again = readFileSync(path.join(elsewhere, "onnx", "model.onnx_data"));
    expect(readFileSync(path.join(editedIn(cache), "model.onnx_data"))).toEqual(again);
  });

  it("is omitted for a weight that the edited graph does not need", async () => {
    const model = await OnnxModel.read(path.join(EXPORTS, "gpt_neox/onnx/model.onnx"));
    const before = model.graph.initializers.size;
    model.graph.outputs.clear();
    model.graph.output("ids", "input_ids", "int64", ["B", "S"]);
    prune(model.graph);
    expect(before).toBeGreaterThan(10);
    expect(model.externalFiles).toEqual([]);
  });
});

describe("an edited graph is no larger than necessary", () => {
  it("a merged decoder keeps one branch", async () => {
    const cache = freshCache();
    const folder = copyFixture("t5");
    await stages(folder, cache);
    const size = (file: string) => statSync(file).size;
    const merged = size(path.join(folder, "onnx", "decoder_model_merged.onnx"));
    expect(size(path.join(editedIn(cache), "model.onnx"))).toBeLessThan(0.75 * merged);
  });

  it.each([
    ["t5", "decoder_model_merged.onnx", "MatMul"],
    ["t5", "decoder_model_merged_quantized.onnx", "Mul"],
    ["bart", "decoder_model_merged.onnx", "Add"],
    ["mt5", "decoder_model.onnx", "MatMul"],
    ["flan-t5", "decoder_model_merged_fp16.onnx", "MatMul"],
  ])(
    "the encoder's rows are selected after the projections to keys and values: %s, %s",
    async (name, file, last) => {
      const folder = path.join(EXPORTS, name);
      const model = await OnnxModel.read(path.join(folder, "onnx", file));
      const config = await readExportConfig(folder);
      editModel(model, "decoder", config, file);
      const { graph } = model;
      const makers = findProducers(graph);
      const chosen = findConsumers(graph, "encoder_rows").filter(({ op }) => op === "Gather");
      const sources = chosen.map(({ inputs }) => makers.get(inputs[0]!)?.op ?? inputs[0]!).sort();
      // Keys and values of every layer, and the mask.
      expect(sources).toEqual(
        [...new Array<string>(2 * config.layers!).fill(last), "encoder_attention_mask"].sort(),
      );
      const inputs = [...graph.inputs.keys()].sort();
      expect(inputs).toEqual([
        ...["encoder_attention_mask", "encoder_hidden_states", "encoder_rows", "input_ids"],
        ...["pick_ids", "pick_rows", "target_rows"],
      ]);
    },
  );
});
