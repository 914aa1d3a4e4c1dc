import { existsSync } from "node:fs";
import { open, writeFile } from "node:fs/promises";
import path from "node:path";
import {
  type Attention,
  convert,
  type GlmConfig,
  type GlmDtype,
  type Head,
  makeRandomCheckpoint,
  writeGraph,
} from "../src/models/glm/index.js";
import { type Device, openSession } from "../src/models/onnx/index.js";
import type { LoadedTokenizer } from "../src/models/tokenizers/index.js";
import { type Engine, type InfillQuestion, infillEngine } from "../src/scoring/index.js";
import { removeScratch, scratchFolder } from "./scratch.js";
import { safetensorsHead } from "./sparse-checkpoint.js";

export const SHAPES = {
  base: { layers: 12, hidden: 768, heads: 12, vocabSize: 30592, maxLength: 512 },
  large: { layers: 24, hidden: 1024, heads: 16, vocabSize: 50304, maxLength: 512 },
} satisfies Record<string, GlmConfig>;

/** Bound of the weights; all random GLMs of one shape have the same weights. */
const WEIGHTS = 0.035;

export const SPECIAL = { cls: 1, eos: 2, pad: 0, mask: 3, sop: 4, eop: 5 };

/** Once questions are token ids, scoring needs only the special ids of a tokenizer. */
function idsOnly(config: GlmConfig): LoadedTokenizer {
  return {
    family: "wordpiece",
    special: SPECIAL,
    size: config.vocabSize,
    masks: [],
    hash: "none",
    encode: () => [],
    token: (id) => `<${id}>`,
  };
}

/** The variants of a model to compare. */
export interface Variant {
  readonly head?: Head;
  readonly dtype?: GlmDtype;
  readonly attention?: Attention;
  readonly device?: Device;
  /** default: those of all */
  readonly threads?: number;
}

/** Opens one engine per variant of a random GLM; after `use`, closes all of them and deletes the model's files. */
export async function* withRandomModel<T, const V extends readonly Variant[]>(
  config: GlmConfig,
  variants: V,
  threads: number,
  use: (engines: { readonly [K in keyof V]: Engine<InfillQuestion> }) => AsyncIterable<T>,
): AsyncIterable<T> {
  const scratch = await scratchFolder();
  const engines: Engine<InfillQuestion>[] = [];
  try {
    for (const { head = "target", dtype = "fp32", attention = "fused", ...where } of variants) {
      const folder = path.join(scratch, dtype);
      if (!existsSync(folder))
        await convert(makeRandomCheckpoint(config, WEIGHTS), { config, dtype, weights: "random" }, folder);
      const model = await writeGraph(folder, config, { gelu: "tanh", head, dtype, attention });
      const session = await openSession(model, { threads, ...where });
      engines.push(infillEngine({ config, session, tokenizer: idsOnly(config) }));
    }
    yield* use(engines as { [K in keyof V]: Engine<InfillQuestion> });
  } finally {
    for (const engine of engines) await engine.close();
    await removeScratch(scratch);
  }
}

/** Writes the weights of `withRandomModel` as model.safetensors, with the parts of config.json that the weights do not show. */
export async function writeRandomModel(folder: string, config: GlmConfig): Promise<void> {
  await writeFile(path.join(folder, "config.json"), JSON.stringify({ num_attention_heads: config.heads }));
  const checkpoint = makeRandomCheckpoint(config, WEIGHTS);
  const file = await open(path.join(folder, "model.safetensors"), "w");
  try {
    await file.write(safetensorsHead(config));
    for (const name of checkpoint.tensors.keys())
      for await (const chunk of checkpoint.read(name))
        await file.write(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  } finally {
    await file.close();
  }
}
