import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import type { Dtype } from "../config/index.js";
import type { MemoryNeed } from "../onnx/index.js";
import type { ExportConfig } from "./export-config.js";

/** What Node, ONNX Runtime and its sessions take for themselves. */
const RUNTIME = 120e6;
/** Weights in the model's own file are read as a whole before they are put in order: measured 1.5 times the file. */
const INLINE = 1.5;
/** Measured on float32 (docs/precision.md). */
const SLOWER = 1.1;

/**
 * About what an export needs: the files of its weights (those beside a graph that begin with its name are its external
 * data; halves are cast to float32), and for each token of a batch a row of logits.
 * @param files its ONNX files
 */
export async function memoryNeeded(
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
  const beside = RUNTIME + INLINE * width * inline + 4 * maxBatchTokens * vocabSize;
  return {
    dtype,
    loaded: beside + width * external,
    mapped: external > 0 && width === 1 ? beside : undefined,
    // Products of quantised weights are computed in another way where they are not put in order.
    sameScores: dtype === "fp32",
    slower: SLOWER,
  };
}
