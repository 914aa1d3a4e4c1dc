import type { Checkpoint, TensorInfo } from "../checkpoint/index.js";
import { type GlmConfig, glmTensors } from "./glm-config.js";

const CHUNK = 1 << 20;
/** How much further on in the noise each tensor begins than the one before it: a prime. */
const STEP = 7919;

/**
 * A GLM of any shape with weights that look random, the same at every call, for what does not depend on what a model
 * has learnt: whether a device computes rightly, and how fast.
 * @param bound weights are even between -bound and bound; those of LayerNorms are 1
 */
export function randomCheckpoint(config: GlmConfig, bound: number): Checkpoint {
  const noise = new Float32Array(CHUNK);
  let state = 1;
  for (let k = 0; k < CHUNK; k++) {
    // Numerical Recipes' linear congruential generator.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    noise[k] = (state / 2 ** 31 - 1) * bound;
  }
  const tensors = new Map<string, TensorInfo>();
  const starts = new Map<string, number>();
  for (const [name, shape] of glmTensors(config)) {
    // ONNX Runtime keeps one packed copy of weights that are equal, which those of a model are not.
    starts.set(name, (starts.size * STEP) % CHUNK);
    tensors.set(name, { name, type: "float32", shape });
  }
  return {
    format: "safetensors",
    files: [],
    tensors,
    async *read(name) {
      const size = tensors.get(name)!.shape.reduce((a, b) => a * b, 1);
      const isNormWeight = name.includes("layernorm.weight");
      const start = starts.get(name)!;
      const own = new Float32Array(CHUNK);
      own.set(noise.subarray(start));
      own.set(noise.subarray(0, start), CHUNK - start);
      for (let at = 0; at < size; at += CHUNK) {
        const chunk = own.slice(0, Math.min(CHUNK, size - at));
        yield isNormWeight ? chunk.fill(1) : chunk;
      }
    },
    close: async () => undefined,
  };
}
