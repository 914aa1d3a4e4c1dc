import type { GlmConfig } from "./config.js";
import type { GlmDtype } from "./formats/index.js";
import { layOut } from "./layout.js";

/** What ONNX Runtime takes for itself and a session. */
const RUNTIME = 50e6;

/**
 * About what a loaded model needs, in bytes, when it is asked batches of `batchTokens` tokens; measured needs are 5 to 30 %
 * below (docs/precision.md).
 *
 * The weights as they are computed with (float16 is cast to float32 at loading), the embedding table twice (rows are
 * looked up in it, and the vocabulary head has a copy in the order of its product), and for each token of a batch 16
 * activations of the hidden size, attention scores and weights, and a row of logits.
 */
export function memoryNeeded(config: GlmConfig, dtype: GlmDtype, batchTokens: number): number {
  const { hidden, heads, vocabSize, maxLength } = config;
  const weights = layOut(config, dtype === "fp16" ? "fp32" : dtype).bytes;
  const attention = 2 * heads * Math.min(batchTokens, maxLength);
  const perToken = 16 * hidden + attention + vocabSize;
  return RUNTIME + weights + 4 * vocabSize * hidden + 4 * batchTokens * perToken;
}

/**
 * A sentence for the user where a model may not fit; undefined where it does.
 * @param free bytes that the process can still take: what the machine has free, or the container it is confined to
 */
export function memoryNote(needed: number, free: number, dtype: GlmDtype): string | undefined {
  if (needed <= free) return undefined;
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
  const remedy =
    dtype === "fp32" || dtype === "fp16" ? "--dtype int8, q8 or q4 needs" : "Fewer --max-batch-tokens need";
  return (
    `The model needs about ${gigabytes(needed)} of memory in ${dtype}, ${gigabytes(free)} are free: it may be slow or be ` +
    `stopped. ${remedy} less.`
  );
}
