import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import type { Dtype } from "../config/index.js";
import type { MemoryNeed } from "../onnx/index.js";
import type { ExportConfig } from "./export-config.js";

/** Bytes that Node, ONNX Runtime and its sessions use themselves. */
const RUNTIME = 120e6;
/**
 * Weights in the model file itself are read completely before they are rearranged: measured at 1.5 times the file
 * size.
 */
const INLINE = 1.5;
/** Slowdown with mapped weights, measured on float32 (docs/precision.md). */
const SLOWER = 1.1;

/**
 * Estimates the memory that an export needs: the files of its weights (files next to a graph whose names start with the
 * graph's are its external data; halves are cast to float32), and a row of logits for each token of a batch.
 * @param files its ONNX files
 */
export async function estimateExportMemory(
  files: readonly string[],
  { vocabSize }: Pick<ExportConfig, "vocabSize">,
  { dtype, maxBatchTokens }: { readonly dtype: Dtype; readonly maxBatchTokens: number },
): Promise<MemoryNeed> {
  let inline = 0;
  let external = 0;
  for (const file of files) {
    const folder = path.dirname(file);
    for (const name of await readdir(folder)) {
      if (!name.startsWith(path.basename(file))) continue;
      const { size } = await stat(path.join(folder, name));
      if (name === path.basename(file)) inline += size;
      else external += size;
    }
  }
  const width = dtype === "fp16" || dtype === "q4f16" ? 2 : 1;
  const base = RUNTIME + INLINE * width * inline + 4 * maxBatchTokens * vocabSize;
  return {
    dtype,
    loaded: base + width * external,
    mapped: external > 0 && width === 1 ? base : undefined,
    // Products with quantized weights are computed differently if the weights are not rearranged.
    sameScores: dtype === "fp32",
    slower: SLOWER,
  };
}
