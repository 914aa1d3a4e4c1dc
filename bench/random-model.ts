import path from "node:path";
import type { Checkpoint, TensorInfo } from "../src/models/checkpoint/index.js";
import { convert, type GlmConfig, glmTensors, type Head, writeGraph } from "../src/models/glm/index.js";
import { openSession } from "../src/models/onnx/index.js";
import type { LoadedTokenizer } from "../src/models/tokenizers/index.js";
import { type InfillQuestion, infillScorer, type Scorer } from "../src/scoring/index.js";
import { removeScratch, scratchFolder } from "./scratch.js";

export const SHAPES = {
  base: { layers: 12, hidden: 768, heads: 12, vocabSize: 30592, maxLength: 512 },
  large: { layers: 24, hidden: 1024, heads: 16, vocabSize: 50304, maxLength: 512 },
} satisfies Record<string, GlmConfig>;

const CHUNK = 1 << 20;

/** A GLM of the given shape with random weights: speed does not depend on what the weights are. */
function randomCheckpoint(config: GlmConfig): Checkpoint {
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

/** Special ids are all that scoring asks of a tokenizer once questions are token ids. */
function idsOnly(config: GlmConfig): LoadedTokenizer {
  return {
    family: "wordpiece",
    special: { cls: 1, eos: 2, pad: 0, mask: 3, sop: 4, eop: 5 },
    size: config.vocabSize,
    masks: [],
    hash: "none",
    encode: () => [],
    token: (id) => `<${id}>`,
  };
}

/** Opens scorers of one random GLM, one for each head asked for; all are closed, and its files deleted, after `use`. */
export async function* withRandomModel<T, const H extends readonly Head[]>(
  config: GlmConfig,
  heads: H,
  threads: number,
  use: (scorers: { readonly [K in keyof H]: Scorer<InfillQuestion> }) => AsyncIterable<T>,
): AsyncIterable<T> {
  const scratch = await scratchFolder();
  const scorers: Scorer<InfillQuestion>[] = [];
  try {
    const folder = path.join(scratch, "model");
    await convert(randomCheckpoint(config), config, folder, "random");
    for (const head of heads) {
      const model = await writeGraph(folder, config, { gelu: "tanh", head });
      const session = await openSession(model, { threads });
      const tokenizer = idsOnly(config);
      const hashes = { weights: "random", tokenizer: tokenizer.hash };
      scorers.push(infillScorer({ config, tokenizer, session, gelu: "tanh", hashes, notes: [] }));
    }
    yield* use(scorers as { [K in keyof H]: Scorer<InfillQuestion> });
  } finally {
    for (const scorer of scorers) await scorer.close();
    await removeScratch(scratch);
  }
}
