import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { estimateExportMemory } from "../../../src/models/export/export-memory.js";

const folder = mkdtempSync(path.join(os.tmpdir(), "glm-eval-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** @returns the path of an ONNX file with the given size in bytes, with external data files next to it */
function file(name: string, bytes: number, external: readonly number[] = []): string {
  writeFileSync(path.join(folder, name), Buffer.alloc(bytes));
  external.forEach((size, k) => {
    writeFileSync(path.join(folder, `${name}_data${k === 0 ? "" : `_${k}`}`), Buffer.alloc(size));
  });
  return path.join(folder, name);
}

const need = (files: readonly string[], dtype: "fp32" | "fp16" | "q4") =>
  estimateExportMemory(files, { vocabSize: 100 }, { dtype, maxBatchTokens: 10 });

it("counts the files of a model's parts and their external data, with halves twice", async () => {
  const encoder = file("encoder.onnx", 1000);
  const decoder = file("decoder.onnx", 10, [5000, 3000]);
  const decoder16 = file("decoder_fp16.onnx", 10, [5000]);
  const base = 120e6 + 4 * 10 * 100;
  expect(await need([encoder], "fp32")).toMatchObject({ loaded: base + 1500, mapped: undefined });
  expect(await need([encoder, decoder], "fp32")).toMatchObject({
    loaded: base + 1.5 * 1010 + 8000,
    mapped: base + 1.5 * 1010,
    sameScores: true,
  });
  expect(await need([decoder16], "fp16")).toMatchObject({ loaded: base + 30 + 10_000, mapped: undefined });
  expect((await need([decoder], "q4")).sameScores).toBe(false);
});
