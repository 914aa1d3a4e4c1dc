import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openCheckpoint } from "../../../src/models/checkpoint/index.js";
import { checkpointFixture, digests, goldenFixture } from "./helpers.js";

type Golden = Record<string, Record<string, [number[], string]>>;
type Expected = Record<string, Record<string, [string, number[], string]>>;
const golden: Golden = JSON.parse(readFileSync(checkpointFixture("golden-tensors.json"), "utf8"));
const expected: Expected = JSON.parse(readFileSync(checkpointFixture("expected.json"), "utf8")).checkpoints;

describe("golden checkpoints contain the values that PyTorch reads from them", () => {
  const formats: Record<string, [string, string[]]> = {
    "original-megatron": ["megatron", ["mp_rank_00_model_states.pt"]],
    "scale8-legacy": ["torch-legacy", ["pytorch_model.bin"]],
    "sharded-fp16": ["torch-zip", ["pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin"]],
    "tanh-prefixed": ["torch-zip", ["pytorch_model.bin"]],
    "wordpiece-fp16-safetensors": ["safetensors", ["model.safetensors"]],
    "wordpiece-fp32": ["torch-zip", ["pytorch_model.bin"]],
  };

  test("every golden case has an expected format", () => {
    expect(Object.keys(golden).sort()).toEqual(Object.keys(formats).sort());
  });

  test.each(Object.keys(golden))("%s", async (name) => {
    const folder = goldenFixture(name);
    const found = await digests(folder);
    const withoutTypes = Object.fromEntries(
      Object.entries(found).map(([tensor, [, shape, sha]]) => [tensor, [shape, sha]]),
    );
    expect(withoutTypes).toEqual(golden[name]);
    const checkpoint = await openCheckpoint(folder);
    expect([checkpoint.format, checkpoint.files]).toEqual([
      formats[name]![0],
      formats[name]![1].map((file) => join(folder, file)),
    ]);
    await checkpoint.close();
  });
});

describe("unusual checkpoints contain the values that PyTorch reads from them", () => {
  // Strided, offset, shared and wrapped tensors; all float types (integers are skipped); merged model-parallel files;
  // training objects of unknown classes next to the weights.
  test.each(Object.keys(expected))("%s", async (name) => {
    expect(await digests(checkpointFixture(name))).toEqual(expected[name]);
  });
});

test("the merged model-parallel checkpoint equals the unsplit one", async () => {
  expect(await digests(checkpointFixture("megatron-2way"))).toEqual(
    await digests(goldenFixture("original-megatron")),
  );
});
