import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openCheckpoint, type TensorType } from "../../../src/models/checkpoint/index.js";
import { mergeParts } from "../../../src/models/checkpoint/model-parallel.js";
import {
  type FloatTensor,
  findLayoutProblem,
  readStored,
} from "../../../src/models/checkpoint/stored-tensor.js";
import { WeightFile } from "../../../src/models/checkpoint/weight-file.js";
import { safetensors, toBytes, withFolder } from "./helpers.js";

const CHUNK_BYTES = 4 * 1024 * 1024;

/** Calls `use` with a file of the float32 values 0, 1, 2, … (exact up to 2^24). */
async function withCounting(count: number, use: (file: WeightFile) => Promise<void>): Promise<void> {
  await withFolder({}, async (folder) => {
    const path = join(folder, "values");
    await writeFile(path, toBytes(Float32Array.from({ length: count }, (_, i) => i)));
    const file = await WeightFile.open(path);
    try {
      await use(file);
    } finally {
      await file.close();
    }
  });
}

function makeTensor(file: WeightFile, shape: number[], strides: number[], offset = 0): FloatTensor {
  return { file, name: "x", dtype: "F32", type: "float32", shape, strides, position: 4 * offset };
}

async function collect(chunks: AsyncIterable<Float32Array>): Promise<Float32Array> {
  const all: Float32Array[] = [];
  for await (const chunk of chunks) {
    expect(chunk.byteLength).toBeLessThanOrEqual(CHUNK_BYTES);
    all.push(chunk);
  }
  const values = new Float32Array(all.reduce((sum, chunk) => sum + chunk.length, 0));
  all.reduce((at, chunk) => {
    values.set(chunk, at);
    return at + chunk.length;
  }, 0);
  return values;
}

describe("tensors larger than a chunk", () => {
  test.each<[TensorType, string, number]>([
    ["float32", "F32", 4],
    ["float16", "F16", 2],
    ["bfloat16", "BF16", 2],
    ["float64", "F64", 8],
  ])("%s is read completely, in chunks of at most 4 MB", async (type, dtype, bytes) => {
    const count = 2_500_001;
    const data = new Uint8Array(count * bytes); // all zeros except the last value, which is 1
    const one = {
      float32: [0, 0, 128, 63],
      float16: [0, 60],
      bfloat16: [128, 63],
      float64: [0, 0, 0, 0, 0, 0, 240, 63],
    };
    data.set(one[type], (count - 1) * bytes);
    const header = { x: { dtype, shape: [count], data_offsets: [0, count * bytes] as [number, number] } };
    await withFolder({ "model.safetensors": safetensors(header, data) }, async (folder) => {
      const checkpoint = await openCheckpoint(folder);
      expect(checkpoint.tensors.get("x")).toEqual({ name: "x", type, shape: [count] });
      const values = await collect(checkpoint.read("x"));
      expect([values.length, values.indexOf(1)]).toEqual([count, count - 1]);
      await checkpoint.close();
    });
  });

  test("transposed and sliced by columns, read through windows of the file", async () => {
    const [rows, columns] = [1500, 1400];
    await withCounting(rows * columns, async (file) => {
      const transposed = await collect(readStored(makeTensor(file, [columns, rows], [1, columns]), "x"));
      expect(transposed.every((value, i) => value === (i % rows) * columns + Math.floor(i / rows))).toBe(
        true,
      );
      const part = await collect(readStored(makeTensor(file, [rows, 900], [columns, 1], 500), "x"));
      expect(part.length).toBe(rows * 900);
      expect(part.every((value, i) => value === Math.floor(i / 900) * columns + 500 + (i % 900))).toBe(true);
    });
  });
});

describe("merging model-parallel parts", () => {
  // Two parts of [rows, width]; the second's values are 1,000,000 greater than the first's.
  const merge = async (name: string, rows: number, width: number, use: (values: Float32Array) => void) =>
    withCounting(1_000_000 + rows * width, async (file) => {
      const parts = [0, 1_000_000].map((offset) => makeTensor(file, [rows, width], [width, 1], offset));
      const merged = mergeParts(name, parts);
      const values = await collect(merged.read());
      expect(merged.shape.reduce((a, b) => a * b, 1)).toBe(values.length);
      use(values);
    });
  const value = (rank: number, row: number, column: number, width: number) =>
    rank * 1_000_000 + row * width + column;

  test.each([
    ["transformer.layers.3.attention.dense.weight", 700, 1100],
    ["transformer.layers.3.mlp.dense_4h_to_h.weight", 2, 500_000],
    ["transformer.layers.3.mlp.dense_4h_to_h.weight", 3, 200],
  ])("%s [%i, %i]: columns", async (name, rows, width) => {
    await merge(name, rows, width, (values) => {
      const right = values.every((found, i) => {
        const [row, column] = [Math.floor(i / (2 * width)), i % (2 * width)];
        return found === value(column >= width ? 1 : 0, row, column % width, width);
      });
      expect(right).toBe(true);
    });
  });

  test("word embeddings: rows", async () => {
    await merge("word_embeddings.weight", 4, 5, (values) => {
      expect([...values]).toEqual(
        [0, 1].flatMap((rank) => Array.from({ length: 20 }, (_, i) => rank * 1_000_000 + i)),
      );
    });
  });

  test("query_key_value: Q, K and V are merged one at a time", async () => {
    await merge("transformer.layers.0.attention.query_key_value.weight", 6, 2, (values) => {
      const block = (rank: number, third: number) =>
        [0, 1, 2, 3].map((i) => rank * 1_000_000 + 4 * third + i);
      expect([...values]).toEqual([0, 1, 2].flatMap((third) => [...block(0, third), ...block(1, third)]));
    });
  });

  test("query_key_value whose rows do not divide into thirds", async () => {
    await expect(
      merge("transformer.layers.0.attention.query_key_value.bias", 4, 1, () => {}),
    ).rejects.toThrow("its rows must divide into Q, K and V");
  });

  test("position embeddings and LayerNorms come from the first part", async () => {
    await merge("transformer.position_embeddings.weight", 2, 3, (values) => {
      expect([...values]).toEqual([0, 1, 2, 3, 4, 5]);
    });
  });
});

describe("findLayoutProblem", () => {
  test.each<[number[], number[], number, number, string | undefined]>([
    [[2, 3], [3, 1], 0, 6, undefined],
    [[2, 3], [1, 2], 4, 10, undefined],
    [[], [], 3, 4, undefined],
    [[0, 7], [7, 1], 0, 0, undefined],
    [[1, 4], [99, 1], 0, 4, undefined],
    [[2, 3], [3, 1], 1, 6, "reaches element 6 of a storage of 6 elements"],
    [[], [], 4, 4, "reaches element 4"],
    [[3], [0], 0, 10, "overlapping"],
    [[2, 2], [1, 1], 0, 10, "overlapping"],
    [[2, 3], [3], 0, 6, "which is not a valid tensor"],
    [[2], [-1], 1, 6, "which is not a valid tensor"],
    [[2 ** 60], [1], 0, 6, "which is not a valid tensor"],
    [[2 ** 50, 2 ** 50], [2 ** 50, 1], 0, 6, "reaches element"],
  ])("[%j] strides %j at %i of %i", (shape, strides, offset, length, problem) => {
    const found = findLayoutProblem(shape, strides, offset, length);
    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(problem);
  });
});
