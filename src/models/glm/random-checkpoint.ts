import type { Checkpoint, TensorInfo } from "../checkpoint/index.js";
import { type GlmConfig, listGlmTensors } from "./glm-config.js";

const CHUNK = 1 << 20;
/** Offset in the noise between the starts of successive tensors: a prime. */
const STEP = 7919;

/**
 * Creates a GLM of any shape with pseudorandom weights, identical in every call, for checks that do not depend on what
 * a model has learned: whether a device computes correctly, and how fast.
 * @param bound weights are uniform between -bound and bound; those of LayerNorms are 1
 */
export function makeRandomCheckpoint(config: GlmConfig, bound: number): Checkpoint {
  const noise = new Float32Array(CHUNK);
  let state = 1;
  for (let k = 0; k < CHUNK; k++) {
    // Numerical Recipes' linear congruential generator.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    noise[k] = (state / 2 ** 31 - 1) * bound;
  }
  const tensors = new Map<string, TensorInfo>();
  const starts = new Map<string, number>();
  for (const [name, shape] of listGlmTensors(config)) {
    // Tensors must differ: ONNX Runtime keeps a single packed copy of equal weights, and a real model's are never
    // equal.
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
