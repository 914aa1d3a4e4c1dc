import { mkdtemp } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { Checkpoint, TensorInfo } from "../src/models/checkpoint/index.js";
import { convert, type GlmConfig, glmTensors } from "../src/models/glm/index.js";

export const SHAPES = {
  base: { layers: 12, hidden: 768, heads: 12, vocabSize: 30592, maxLength: 512 },
  large: { layers: 24, hidden: 1024, heads: 16, vocabSize: 50304, maxLength: 512 },
} satisfies Record<string, GlmConfig>;

const CHUNK = 1 << 20;

/** A GLM of the given shape with random weights: speed does not depend on what the weights are. */
export function randomCheckpoint(config: GlmConfig): Checkpoint {
  const noise = new Float32Array(CHUNK);
  let state = 1;
  for (let k = 0; k < CHUNK; k++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    noise[k] = (state / 2 ** 32 - 0.5) * 0.07;
  }
  const tensors = new Map<string, TensorInfo>();
  for (const [name, shape] of glmTensors(config)) tensors.set(name, { name, type: "float32", shape });
  return {
    format: "safetensors",
    files: [],
    tensors,
    async *read(name) {
      const shape = tensors.get(name)!.shape;
      const size = shape.reduce((a, b) => a * b, 1);
      const isNormWeight = name.includes("layernorm.weight");
      for (let at = 0; at < size; at += CHUNK) {
        const chunk = noise.slice(0, Math.min(CHUNK, size - at));
        yield isNormWeight ? chunk.fill(1) : chunk;
      }
    },
    close: async () => undefined,
  };
}

/** Converts a random model into a temporary folder and returns the folder. */
export async function randomModel(config: GlmConfig): Promise<string> {
  const folder = path.join(await mkdtemp(path.join(os.tmpdir(), "glm-eval-bench-")), "model");
  await convert(randomCheckpoint(config), config, folder, "random");
  return folder;
}
