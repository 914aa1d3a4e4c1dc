import type { MemoryNeed } from "../onnx/index.js";
import { layOut } from "./data-file-layout.js";
import { type GlmDtype, getPrecision } from "./formats/index.js";
import type { GlmConfig } from "./glm-config.js";

/** Bytes that Node, ONNX Runtime and a session use themselves. */
const RUNTIME = 120e6;

/**
 * Measured ratio of scoring time with mapped weights to that with loaded ones (docs/precision.md). Integer products
 * with blocks of weights need the weights in another order: without it, ONNX Runtime falls back to computing in
 * float32.
 */
const MAPPED: Readonly<Record<GlmDtype, { slower: number; sameScores: boolean } | undefined>> = {
  fp32: { slower: 1.1, sameScores: true },
  // Cast to float32 when loaded, so a copy is made in any case.
  fp16: undefined,
  int8: { slower: 1.1, sameScores: true },
  q8: { slower: 2.1, sameScores: false },
  q4: { slower: 1.9, sameScores: false },
};

/**
 * Estimates the memory that a model needs for batches of `maxBatchTokens` tokens: from 1 % less to 15 % more than
 * measured for models of GLM-base's and GLM-large's shape (docs/precision.md).
 *
 * Loaded: the weights as used in computation (float16 is cast to float32 on loading), with the embedding table twice if
 * it is also the vocabulary head (rows are looked up in it, and the head has a copy rearranged for its product). Loaded
 * or mapped, for each token of a batch: 16 activations of the hidden size, attention scores and weights, and a row of
 * logits.
 */
export function estimateGlmMemory(config: GlmConfig, dtype: GlmDtype, maxBatchTokens: number): MemoryNeed {
  const { hidden, heads, vocabSize, maxLength } = config;
  const weights = layOut(config, dtype === "fp16" ? "fp32" : dtype).bytes;
  const attention = 2 * heads * Math.min(maxBatchTokens, maxLength);
  const perToken = 16 * hidden + attention + vocabSize;
  const activations = RUNTIME + 4 * maxBatchTokens * perToken;
  const mapped = MAPPED[dtype];
  return {
    dtype,
    loaded: activations + weights + (getPrecision(dtype).head ? 0 : 4 * vocabSize * hidden),
    mapped: mapped && activations,
    ...(mapped ?? { slower: 1, sameScores: true }),
  };
}
