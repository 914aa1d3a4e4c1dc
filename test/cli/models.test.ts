import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { goldenFixture } from "../models/checkpoint/helpers.js";
import { goldenModels } from "../scoring/golden.js";
import { edited } from "./checkpoints.js";
import { expectDone, expectRefused, workspace } from "./command.js";

const { path, run } = workspace();

const FACTS: Record<string, { weights: string; stored: string[]; layers: number; tensors: string }> = {
  "original-megatron": {
    weights: "megatron",
    stored: ["float32"],
    layers: 2,
    tensors: "29 found, 29 expected",
  },
  "scale8-legacy": {
    weights: "torch-legacy",
    stored: ["float32"],
    layers: 2,
    tensors: "29 found, 29 expected",
  },
  "sharded-fp16": { weights: "torch-zip", stored: ["float16"], layers: 4, tensors: "53 found, 53 expected" },
  "tanh-prefixed": { weights: "torch-zip", stored: ["float32"], layers: 2, tensors: "29 found, 29 expected" },
  "wordpiece-fp16-safetensors": {
    weights: "safetensors",
    stored: ["float16"],
    layers: 3,
    tensors: "41 found, 41 expected",
  },
  "wordpiece-fp32": {
    weights: "torch-zip",
    stored: ["float32"],
    layers: 3,
    tensors: "41 found, 41 expected",
  },
};

describe("models inspect", () => {
  it.each(goldenModels)("$name", async ({ name, folder }) => {
    const found = JSON.parse(expectDone(await run(["models", "inspect", folder, "--json"])));
    expect(found).toMatchObject({ ...FACTS[name], folder, tokenizer: "wordpiece", problem: null });
    expect(found.special.mask).toBe("[MASK] 4");
    const weights = readdirSync(folder).filter((file) => /\.(bin|pt|safetensors)$/.test(file));
    expect(found.files).toEqual(
      weights.map((file) => `${file} (${(statSync(`${folder}/${file}`).size / 1e6).toFixed(1)} MB)`),
    );
  });

  it("prints one fact per line without --json", async () => {
    const stdout = expectDone(await run(["models", "inspect", goldenFixture("wordpiece-fp32")]));
    expect(stdout).toMatch(/^parameters {4}707,264$/m);
    expect(stdout).toMatch(/^weights {7}torch-zip$/m);
    expect(stdout).not.toContain("problem");
  });

  it("reports a problem after the facts", async () => {
    const model = edited(path("lacks"), (tensors) => void tensors.delete("word_embeddings.weight"));
    const outcome = await run(["models", "inspect", model]);
    expectRefused(outcome, 3, "1 of 41 tensors missing: word_embeddings.weight");
    expect(outcome.stdout).toMatch(/^tensors {7}40 found, 41 expected$/m);
    expect(outcome.stdout).toMatch(/^problem {7}.*1 of 41 tensors missing/m);
  });
});

describe("models convert", () => {
  const source = goldenFixture("wordpiece-fp16-safetensors");
  const convert = (from: string, to: string) => run(["models", "convert", from, "--output", to]);
  const score = async (model: string) =>
    expectDone(
      await run(["score", "w0100 [MASK] w0101", "-a", "w0200,w0201 w0202", "--json", "--model", model]),
    );

  it("writes a folder that works like any other model, with the same scores", async () => {
    expect(expectDone(await convert(source, "converted/onnx"))).toBe(`${path("converted/onnx")}\n`);
    expect(readdirSync(path("converted"))).toEqual(["onnx"]);
    expect(readdirSync(path("converted/onnx"))).toEqual(
      expect.arrayContaining(["config.json", "vocab.txt", "weights.bin", "glm-tanh-fused-target.onnx"]),
    );
    expect(await score("converted/onnx")).toBe(await score(source));

    const inspected = JSON.parse(expectDone(await run(["models", "inspect", "converted/onnx", "--json"])));
    expect(inspected).toMatchObject({ weights: "converted by glm-eval", parameters: 707264, problem: null });
  });

  it("writes the requested dtype; the folder has no other", async () => {
    const toInt8 = (to: string) => run(["models", "convert", source, "--output", to, "--dtype", "int8"]);
    expectDone(await toInt8("int8"));
    const inspected = JSON.parse(expectDone(await run(["models", "inspect", "int8", "--json"])));
    expect(inspected).toMatchObject({ weights: "converted by glm-eval", dtype: "int8", problem: null });
    const args = ["score", "w0100 [MASK] w0101", "-a", "w0200,w0201 w0202", "--json"];
    const direct = expectDone(await run([...args, "--model", source, "--dtype", "int8"]));
    expect(await score("int8")).toBe(direct);
    expect(direct).not.toBe(await score(source));
    expectRefused(await run([...args, "--model", "int8", "--dtype", "fp16"]), 4, "was converted to int8");
    expectDone(await convert(source, "fp32"));
    expectRefused(await toInt8("fp32"), 2, "is not empty: it contains a conversion of another model");
  });

  it("does not convert a converted model again", async () => {
    expectDone(await convert(source, "again"));
    const before = statSync(path("again/weights.bin")).mtimeMs;
    const second = await convert(source, "again");
    expect(expectDone(second)).toBe(`${path("again")}\n`);
    expect(second.stderr).toContain("nothing was converted");
    expect(statSync(path("again/weights.bin")).mtimeMs).toBe(before);
  });

  it("converts a model into the cache only once", async () => {
    const args = ["score", "w0100 [MASK]", "-a", "w0200", "--model", goldenFixture("tanh-prefixed")];
    const first = await run(args);
    const second = await run(args);
    expect(first.stderr).toContain("converting the model (once)");
    expect(second.stderr).not.toContain("converting");
    expect(expectDone(second)).toBe(expectDone(first));
  });

  it("rejects an output with other files or another model, and an input that is already converted", async () => {
    mkdirSync(path("mine"));
    writeFileSync(path("mine/notes.txt"), "");
    expectRefused(await convert(source, "mine"), 2, "mine is not empty: it contains notes.txt");
    expectRefused(await convert(source, "mine/notes.txt"), 2, "a file is in its place");
    expectDone(await convert(source, "taken"));
    expectRefused(
      await convert(goldenFixture("sharded-fp16"), "taken"),
      2,
      "contains a conversion of another model",
    );
    expectRefused(await convert("taken", "copy"), 2, "is already a converted folder");
    expect(readdirSync(path("mine"))).toEqual(["notes.txt"]);
  });
});

it("models list names the published checkpoints", async () => {
  const stdout = expectDone(await run(["models", "list"]));
  for (const name of [
    "glm-roberta-large",
    "glm-large-chinese",
    "glm-515m",
    "glm-2b",
    "glm-10b",
    "glm-10b-chinese",
  ])
    expect(stdout).toMatch(new RegExp(`THUDM/${name} .*\\d+ × \\d+`));
});

it("models list names the supported architectures, and how each reads a blank", async () => {
  const stdout = expectDone(await run(["models", "list"]));
  for (const line of [
    /^masked: bert, .*modernbert/m,
    /^seq2seq: t5, mt5/m,
    /^seq2seq: bart/m,
    /^causal: gpt2, .*llama/m,
  ])
    expect(stdout).toMatch(line);
  expect(stdout).toMatch(/^ {4}the encoder reads the text with <extra_id_0> for the blank/m);
  const { exports } = JSON.parse(expectDone(await run(["models", "list", "--json"])));
  expect(exports.map(({ family }: { family: string }) => family)).toContain("causal");
});

it("tasks list names the built-in tasks and their patterns", async () => {
  const stdout = expectDone(await run(["tasks", "list"]));
  for (const name of ["boolq", "cb", "copa", "multirc", "record", "rte", "wic", "wsc", "axb", "axg"])
    expect(stdout).toMatch(new RegExp(`^${name} +\\d+ .*\\bp\\d\\*`, "m"));
  expect(stdout).toMatch(/^copa +40 /m);
  expect(stdout).toMatch(/^suite superglue \(SuperGLUE\): boolq, cb, copa,/m);
  const { tasks } = JSON.parse(expectDone(await run(["tasks", "list", "cb", "--data", path(), "--json"])));
  expect(tasks).toMatchObject([{ task: "cb", examples: null, labels: expect.arrayContaining(["neutral"]) }]);
});
