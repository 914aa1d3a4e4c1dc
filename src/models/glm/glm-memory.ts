import type { MemoryNeed } from "../onnx/index.js";
import { layOut } from "./data-file-layout.js";
import { type GlmDtype, precisionOf } from "./formats/index.js";
import type { GlmConfig } from "./glm-config.js";

/** What Node, ONNX Runtime and a session take for themselves. */
const RUNTIME = 120e6;

/**
 * Time of scoring with mapped weights over that with loaded ones, measured (docs/precision.md). Products of integers of
 * blocks of weights need these in another order: ONNX Runtime's way round that computes in float32.
 */
const MAPPED: Readonly<Record<GlmDtype, { slower: number; sameScores: boolean } | undefined>> = {
  fp32: { slower: 1.1, sameScores: true },
  // Cast to float32 when it is loaded, so that a copy is made whatever is done.
  fp16: undefined,
  int8: { slower: 1.1, sameScores: true },
  q8: { slower: 2.1, sameScores: false },
  q4: { slower: 1.9, sameScores: false },
};

/**
 * About what a model needs, when it is asked batches of `maxBatchTokens` tokens: from 1 % less to 15 % more than
 * was measured of models of GLM-base's and GLM-large's shape (docs/precision.md).
 *
 * Loaded: the weights as they are computed with (float16 is cast to float32 at loading), the embedding table twice where
 * it is the vocabulary head too (rows are looked up in it, and the head has a copy in the order of its product). Both ways,
 * for each token of a batch: 16 activations of the hidden size, attention scores and weights, and a row of logits.
 */
export function memoryNeeded(config: GlmConfig, dtype: GlmDtype, maxBatchTokens: number): MemoryNeed {
  const { hidden, heads, vocabSize, maxLength } = config;
  const weights = layOut(config, dtype === "fp16" ? "fp32" : dtype).bytes;
  const attention = 2 * heads * Math.min(maxBatchTokens, maxLength);
  const perToken = 16 * hidden + attention + vocabSize;
  const beside = RUNTIME + 4 * maxBatchTokens * perToken;
  const mapped = MAPPED[dtype];
  return {
    dtype,
    loaded: beside + weights + (precisionOf(dtype).head ? 0 : 4 * vocabSize * hidden),
    mapped: mapped && beside,
    ...(mapped ?? { slower: 1, sameScores: true }),
  };
}
