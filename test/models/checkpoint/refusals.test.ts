import { existsSync, readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openCheckpoint } from "../../../src/models/checkpoint/index.js";
import {
  checkpointFixture,
  copyFiles,
  goldenFixture,
  refusal,
  safetensors,
  toBytes,
  withFolder,
} from "./helpers.js";

describe("pickles that name more than tensors need", () => {
  test.each([
    ["hostile-global-zip", "posix.system"],
    ["hostile-stack-global-zip", "posix.system"],
    ["hostile-eval-zip", "__builtin__.eval"],
    ["hostile-inst-zip", "os.system"],
    ["hostile-global-raw", "posix.system"],
    ["hostile-stack-global-raw", "posix.system"],
    ["hostile-legacy", "posix.system"],
    ["harmless-name-zip", "argparse.Namespace"],
  ])("%s is refused by name", async (name, path) => {
    const error = await refusal(checkpointFixture(name));
    expect(error.kind).toBe("data");
    expect(error.message).toContain(`pytorch_model.bin: the pickle names "${path}"`);
    expect(error.hint).toContain("safetensors");
    expect(existsSync("was-run")).toBe(false);
  });

  test("a call in place of a weight stays inert and is refused", async () => {
    const { message } = await refusal(checkpointFixture("hostile-in-module"));
    expect(message).toContain('mp_rank_00_model_states.pt: "word_embeddings.weight" is not a plain tensor');
    expect(existsSync("was-run")).toBe(false);
  });
});

describe("unusable weights", () => {
  test.each([
    ["nan", 'tensor "transformer.final_layernorm.bias" contains NaN at element 1 of 2'],
    ["infinite", 'tensor "word_embeddings.weight" contains -Infinity at element 3 of 4'],
    ["overflow", 'tensor "too_large" contains Infinity'],
    ["quantised-safetensors", 'tensor "transformer.layers.0.attention.dense.weight" is I8'],
    ["quantised-zip", 'tensor "transformer.layers.0.attention.dense.weight" is torch.CharStorage'],
    ["expanded", 'tensor "expanded" has overlapping elements'],
    [
      "twice",
      '"glm.word_embeddings.weight" and "word_embeddings.weight" are both tensor "word_embeddings.weight"',
    ],
    ["compressed", 'entry "archive/data.pkl" is compressed (method 8)'],
  ])("%s", async (name, message) => {
    const error = await refusal(checkpointFixture(name));
    expect(error.kind).toBe("data");
    expect(error.message).toContain(message);
    expect(error.message).toContain(checkpointFixture(name));
  });
});

describe("folders", () => {
  test("without weights: the error lists what was looked for and what was found", async () => {
    await withFolder({ "config.json": "{}", "vocab.txt": "" }, async (folder) => {
      const { message } = await refusal(folder);
      expect(message).toContain(
        "looked for model.safetensors, model.safetensors.index.json, pytorch_model.bin",
      );
      expect(message).toContain("found config.json, vocab.txt");
    });
  });

  test("that do not exist, or are files", async () => {
    expect((await refusal(checkpointFixture("no-such"))).message).toContain("no such folder");
    expect((await refusal(checkpointFixture("expected.json"))).message).toContain("is a file, not a folder");
  });

  test("with safetensors and a pickle: safetensors are preferred", async () => {
    await withFolder({ "pytorch_model.bin": "not read", "model.safetensors": one() }, async (folder) => {
      const checkpoint = await openCheckpoint(folder);
      expect(checkpoint.files).toEqual([join(folder, "model.safetensors")]);
      await checkpoint.close();
    });
  });

  test("with a Git LFS pointer in place of the weights", async () => {
    const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n";
    await withFolder({ "pytorch_model.bin": pointer }, async (folder) => {
      const error = await refusal(folder);
      expect(error.message).toContain("is a Git LFS pointer");
      expect(error.hint).toContain("git lfs pull");
    });
  });

  test.each([
    ["empty", "", "is empty"],
    ["a web page", "<!DOCTYPE html>", "is not a PyTorch file: neither a zip archive nor a pickle"],
    ["another pickle", Buffer.from("8002295d2e", "hex"), "is not a PyTorch file"],
  ])("whose weight file is %s", async (_, content, message) => {
    await withFolder({ "pytorch_model.bin": content }, async (folder) => {
      expect((await refusal(folder)).message).toContain(message);
    });
  });

  test("the error about an unknown tensor suggests the nearest name", async () => {
    await withFolder({ "model.safetensors": one() }, async (folder) => {
      const checkpoint = await openCheckpoint(folder);
      const reading = checkpoint.read("word_embedding.weight")[Symbol.asyncIterator]().next();
      await expect(reading).rejects.toMatchObject({ hint: 'The nearest name is "word_embeddings.weight".' });
      await checkpoint.close();
    });
  });
});

describe("sharded checkpoints", () => {
  const shards = ["pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin"] as const;
  const withShards = (
    use: (folder: string, index: { weight_map: Record<string, string> }) => Promise<void>,
  ) =>
    withFolder({}, async (folder) => {
      await copyFiles(goldenFixture("sharded-fp16"), folder);
      await use(folder, JSON.parse(readFileSync(join(folder, "pytorch_model.bin.index.json"), "utf8")));
    });

  test("a missing shard is named", async () => {
    await withShards(async (folder) => {
      await rm(join(folder, shards[1]));
      const { message } = await refusal(folder);
      expect(message).toContain(
        `pytorch_model.bin.index.json: names 2 weight files, of which 1 are missing: ${shards[1]}`,
      );
    });
  });

  test.each<[string, (map: Record<string, string>) => unknown, string]>([
    [
      "a tensor in another shard",
      (map) => ({ ...map, "word_embeddings.weight": shards[1] }),
      "does not contain it",
    ],
    ["a file elsewhere", (map) => ({ ...map, x: "../other.bin" }), 'names the file "../other.bin"'],
    ["no map", () => undefined, 'has no "weight_map"'],
    ["a map to numbers", () => ({ x: 1 }), 'has no "weight_map"'],
  ])("an index with %s", async (_, change, message) => {
    await withShards(async (folder, index) => {
      const changed = JSON.stringify({ weight_map: change(index.weight_map) });
      await writeFile(join(folder, "pytorch_model.bin.index.json"), changed);
      expect((await refusal(folder)).message).toContain(message);
    });
  });

  test("an index that is not JSON", async () => {
    await withFolder({ "model.safetensors.index.json": "{" }, async (folder) => {
      expect((await refusal(folder)).message).toContain("model.safetensors.index.json: is not JSON");
    });
  });

  test("a tensor in two shards", async () => {
    const index = { weight_map: { a: "a.safetensors", b: "b.safetensors" } };
    const both = (name: string) =>
      safetensors(
        {
          [name]: { dtype: "F32", shape: [1], data_offsets: [0, 4] },
          shared: { dtype: "F32", shape: [1], data_offsets: [4, 8] },
        },
        new Uint8Array(8),
      );
    const files = {
      "model.safetensors.index.json": JSON.stringify(index),
      "a.safetensors": both("a"),
      "b.safetensors": both("b"),
    };
    await withFolder(files, async (folder) => {
      expect((await refusal(folder)).message).toMatch(
        /b\.safetensors: tensor "shared" is also in .*a\.safetensors/,
      );
    });
  });
});

describe("one weight file beside shards", () => {
  const index = JSON.stringify({
    weight_map: { "word_embeddings.weight": "model-00001-of-00001.safetensors" },
  });

  test.each([
    ["model.safetensors", "model.safetensors.index.json"],
    ["model.safetensors", "model-00001-of-00001.safetensors"],
    ["pytorch_model.bin", "pytorch_model.bin.index.json"],
    ["pytorch_model.bin", "pytorch_model-00002-of-00003.bin"],
  ])("%s and %s are both named, and neither is taken", async (single, other) => {
    await withFolder({ [single]: one(), [other]: other.endsWith("json") ? index : one() }, async (folder) => {
      const error = await refusal(folder);
      expect(error.code).toBe("weights-ambiguous");
      expect(error.message).toContain(`two sets of weights: ${single} and, in shards, ${other}`);
      expect(error.hint).toContain("Keep one of the two");
    });
  });

  test("of another kind are not looked at: safetensors come first", async () => {
    const files = { "model.safetensors": one(), "pytorch_model.bin.index.json": index };
    await withFolder(files, async (folder) => {
      const checkpoint = await openCheckpoint(folder);
      expect(checkpoint.files).toEqual([join(folder, "model.safetensors")]);
      await checkpoint.close();
    });
  });
});

describe("model-parallel checkpoints", () => {
  const withRanks = (use: (folder: string) => Promise<void>) =>
    withFolder({}, async (folder) => {
      await copyFiles(join(checkpointFixture("megatron-2way"), "1000"), folder);
      await use(folder);
    });

  test("a missing first rank", async () => {
    await withRanks(async (folder) => {
      await rm(join(folder, "mp_rank_00_model_states.pt"));
      expect((await refusal(folder)).message).toContain("has no mp_rank file of rank 0");
    });
  });

  test("a missing last rank, if the file records the number of ranks", async () => {
    await withRanks(async (folder) => {
      await rm(join(folder, "mp_rank_01_model_states.pt"));
      expect((await refusal(folder)).message).toContain("is one of 2 model-parallel files, found 1");
    });
  });

  test("ranks from two checkpoints", async () => {
    await withFolder({}, async (folder) => {
      await copyFiles(goldenFixture("original-megatron"), folder);
      const other = readFileSync(
        join(checkpointFixture("megatron-objects-zip"), "mp_rank_00_model_states.pt"),
      );
      await writeFile(join(folder, "mp_rank_01_model_states.pt"), other);
      expect((await refusal(folder)).message).toMatch(
        /mp_rank_01_model_states.pt: lacks tensor "transformer\./,
      );
    });
  });

  test("parts that differ in shape", async () => {
    await withFolder({}, async (folder) => {
      const whole = join(goldenFixture("original-megatron"), "mp_rank_00_model_states.pt");
      const part = join(checkpointFixture("megatron-2way"), "1000/mp_rank_01_model_states.pt");
      await writeFile(join(folder, "mp_rank_01_model_states.pt"), readFileSync(part));
      await writeFile(join(folder, "mp_rank_00_model_states.pt"), readFileSync(whole));
      expect((await refusal(folder)).message).toContain(
        'tensor "word_embeddings.weight" is [512,32] here but [1024,32]',
      );
    });
  });

  test.each([
    ["latest", "../elsewhere\n", "does not name a sub-folder"],
    ["latest_checkpointed_iteration.txt", "250000\n", 'names the sub-folder "250000", which is not there'],
  ])("a tracker file %s that points nowhere", async (tracker, content, message) => {
    await withFolder({ [tracker]: content }, async (folder) => {
      expect((await refusal(folder)).message).toContain(message);
    });
  });

  test("a sub-folder named by `latest`", async () => {
    await withFolder({ latest: "global_step5" }, async (folder) => {
      await mkdir(join(folder, "global_step5"));
      await copyFiles(goldenFixture("original-megatron"), join(folder, "global_step5"));
      const checkpoint = await openCheckpoint(folder);
      expect(checkpoint.files).toEqual([join(folder, "global_step5", "mp_rank_00_model_states.pt")]);
      await checkpoint.close();
    });
  });
});

function one(): Buffer {
  const header = {
    "word_embeddings.weight": { dtype: "F32", shape: [1, 2], data_offsets: [0, 8] as [number, number] },
  };
  return safetensors(header, toBytes(Float32Array.of(1, 2)));
}
