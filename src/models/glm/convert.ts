import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { open, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { GlmEvalError } from "../../errors.js";
import { makeFolder } from "../cache/index.js";
import type { Checkpoint } from "../checkpoint/index.js";
import type { ExternalData } from "../onnx/index.js";
import { type GlmConfig, glmTensors } from "./config.js";
import { type Attention, BUILDER_VERSION, buildGlmGraph } from "./graph.js";

/** What a converted folder holds: the weights, and what it says of itself. */
export const DATA_FILE = "weights.bin";
export const MANIFEST = "glm-eval.json";
/** External data is mapped into memory page by page. */
const PAGE = 4096;

/** What a converted folder says of itself. */
export interface ConversionManifest {
  readonly builder: number;
  readonly dtype: "float32";
  /** sha256 over the checkpoint's weight files */
  readonly weights: string;
  readonly config: GlmConfig;
  /** size of the data file in bytes */
  readonly bytes: number;
}

export interface ConversionProgress {
  readonly done: number;
  readonly total: number;
}

/** Byte ranges of all weights in the data file, page-aligned, float32 in torch's layout; and the file's size. */
function layOutWeights(config: GlmConfig): { ranges: Map<string, ExternalData>; bytes: number } {
  const ranges = new Map<string, ExternalData>();
  let offset = 0;
  for (const [name, shape] of glmTensors(config)) {
    const length = 4 * shape.reduce((a, b) => a * b, 1);
    ranges.set(name, { location: DATA_FILE, offset, length });
    offset = Math.ceil((offset + length) / PAGE) * PAGE;
  }
  return { ranges, bytes: offset };
}

/** The cache key of a conversion: what is in it depends on nothing else. */
export function conversionKey(config: GlmConfig, weightsHash: string): string {
  const { gelu: _, ...shape } = config; // the activation is in the graph, of which a folder may hold several
  return createHash("sha256")
    .update(JSON.stringify([BUILDER_VERSION, "float32", shape, weightsHash]))
    .digest("hex")
    .slice(0, 32);
}

/**
 * Says what is wrong with a checkpoint's tensor names and shapes, before anything is converted.
 * @throws GlmEvalError("data") naming the tensors that are missing, wrongly shaped or not known
 */
export function checkTensors(
  checkpoint: Checkpoint,
  config: GlmConfig,
  options: { allowExtra?: boolean } = {},
): void {
  const expected = glmTensors(config);
  const where = checkpoint.files.map((file) => path.basename(file)).join(", ");
  const list = (names: string[]) =>
    names.slice(0, 4).join(", ") + (names.length > 4 ? ` and ${names.length - 4} more` : "");
  const missing = [...expected.keys()].filter((name) => !checkpoint.tensors.has(name));
  if (missing.length > 0)
    throw new GlmEvalError(
      "data",
      `${where}: ${missing.length} of ${expected.size} tensors missing: ${list(missing)}`,
      {
        hint: `config.json says ${config.layers} layers; the checkpoint holds ${checkpoint.tensors.size} tensors.`,
      },
    );
  for (const [name, shape] of expected) {
    const found = checkpoint.tensors.get(name)!.shape;
    if (found.length !== shape.length || found.some((size, axis) => size !== shape[axis]))
      throw new GlmEvalError(
        "data",
        `${where}: ${name} has shape [${found.join(", ")}], expected [${shape.join(", ")}] from config.json`,
        { hint: "The weights and config.json belong to different models, or one of them was edited." },
      );
  }
  const extra = [...checkpoint.tensors.keys()].filter((name) => !expected.has(name));
  if (extra.length > 0 && !options.allowExtra)
    throw new GlmEvalError(
      "data",
      `${where}: ${extra.length === 1 ? "a tensor" : `${extra.length} tensors`} that no GLM has: ${list(extra)}`,
      {
        hint: "If they are not needed (a classification head, say), --allow-extra-tensors leaves them out.",
      },
    );
}

/**
 * Writes a checkpoint's weights as float32 into `folder`, one chunk at a time: memory stays at a few chunks whatever
 * the model's size. The folder appears whole or not at all, also when two processes convert the same model at once.
 * @throws GlmEvalError("model") where the disk has no room, GlmEvalError("data") where the checkpoint is broken
 */
export async function convert(
  checkpoint: Checkpoint,
  config: GlmConfig,
  folder: string,
  weightsHash: string,
  onProgress?: (progress: ConversionProgress) => void,
): Promise<void> {
  const { ranges, bytes } = layOutWeights(config);
  const manifest: ConversionManifest = {
    builder: BUILDER_VERSION,
    dtype: "float32",
    weights: weightsHash,
    config,
    bytes,
  };
  await makeFolder(folder, {
    bytes,
    isWhole: async () => (await readManifest(folder))?.weights === weightsHash,
    async fill(temporary) {
      const file = await open(path.join(temporary, DATA_FILE), "w");
      try {
        for (const [name, { offset, length }] of ranges) {
          let position = offset;
          for await (const chunk of checkpoint.read(name)) {
            await file.write(chunk, 0, chunk.byteLength, position);
            position += chunk.byteLength;
            onProgress?.({ done: position, total: bytes });
          }
          if (position !== offset + length)
            throw new GlmEvalError("data", `${name}: ${position - offset} bytes of ${length} were read`);
        }
        await file.truncate(bytes);
      } finally {
        await file.close();
      }
      await writeFile(path.join(temporary, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
    },
  });
}

/** The manifest of a converted folder; undefined where there is none, or it is of another version or cut short. */
export async function readManifest(folder: string): Promise<ConversionManifest | undefined> {
  try {
    const manifest = JSON.parse(await readFile(path.join(folder, MANIFEST), "utf8")) as ConversionManifest;
    const file = await open(path.join(folder, DATA_FILE));
    const { size } = await file.stat().finally(() => file.close());
    return manifest.builder === BUILDER_VERSION && size === manifest.bytes ? manifest : undefined;
  } catch {
    return undefined;
  }
}

/** Writes the graph that reads a converted folder's weights, if it is not there yet, and returns its path. */
export async function writeGraph(
  folder: string,
  config: GlmConfig,
  options: { gelu: "erf" | "tanh"; attention?: Attention; head?: "target" | "full" },
): Promise<string> {
  const { attention = "fused", head = "target", gelu } = options;
  const model = path.join(folder, `glm-${gelu}-${attention}-${head}.onnx`);
  if (existsSync(model)) return model;
  const graph = buildGlmGraph(config, { gelu, attention, head, weights: layOutWeights(config).ranges });
  const temporary = `${model}.${process.pid}.partial`;
  await writeFile(temporary, graph.encode(String(BUILDER_VERSION)));
  await rename(temporary, model);
  return model;
}

/** One embedding row of a converted model, float32 [hidden]. */
export async function readEmbeddingRow(folder: string, config: GlmConfig, id: number): Promise<Float32Array> {
  const { offset } = layOutWeights(config).ranges.get("word_embeddings.weight")!;
  const row = new Float32Array(config.hidden);
  const file = await open(path.join(folder, DATA_FILE));
  try {
    await file.read(row, 0, row.byteLength, offset + id * row.byteLength);
  } finally {
    await file.close();
  }
  return row;
}
