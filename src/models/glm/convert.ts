import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { open, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { GlmEvalError } from "../../errors.js";
import { makeCachedFolder, writeToCache } from "../../fetch/cache/index.js";
import type { Checkpoint } from "../checkpoint/index.js";
import { DATA_FILE, EMBEDDINGS, layOut } from "./data-file-layout.js";
import type { GlmDtype } from "./formats/index.js";
import { type GlmConfig, listGlmTensors } from "./glm-config.js";
import { type Attention, BUILDER_VERSION, buildGlmGraph } from "./glm-graph.js";
import { padMatrix, readRows } from "./weight-rows.js";

/** The file in a converted folder (which contains the weights) that describes it. */
export const MANIFEST = "glm-eval.json";

/** The description of a converted folder. */
export interface ConversionManifest {
  readonly builder: number;
  readonly dtype: GlmDtype;
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

/** Computes the cache key of a conversion: its content depends on nothing else. */
export function makeConversionKey(config: GlmConfig, dtype: GlmDtype, weightsHash: string): string {
  const { gelu: _, ...shape } = config; // the activation is part of the graph, and a folder may contain several graphs
  return createHash("sha256")
    .update(JSON.stringify([BUILDER_VERSION, dtype, shape, weightsHash]))
    .digest("hex")
    .slice(0, 32);
}

/**
 * Checks a checkpoint's tensor names and shapes before anything is converted.
 * @throws GlmEvalError (data) naming the tensors that are missing, unknown or of the wrong shape
 */
export function checkTensors(
  checkpoint: Checkpoint,
  config: GlmConfig,
  options: { allowExtra?: boolean } = {},
): void {
  const expected = listGlmTensors(config);
  const where = checkpoint.files.map((file) => path.basename(file)).join(", ");
  const list = (names: string[]) =>
    names.slice(0, 4).join(", ") + (names.length > 4 ? ` and ${names.length - 4} more` : "");
  const missing = [...expected.keys()].filter((name) => !checkpoint.tensors.has(name));
  if (missing.length > 0)
    throw new GlmEvalError(
      "checkpoint-mismatch",
      `${where}: ${missing.length} of ${expected.size} tensors missing: ${list(missing)}`,
      {
        hint: `config.json has ${config.layers} layers; the checkpoint has ${checkpoint.tensors.size} tensors.`,
      },
    );
  for (const [name, shape] of expected) {
    const found = checkpoint.tensors.get(name)!.shape;
    if (found.length !== shape.length || found.some((size, axis) => size !== shape[axis]))
      throw new GlmEvalError(
        "checkpoint-mismatch",
        `${where}: ${name} has shape [${found.join(", ")}], expected [${shape.join(", ")}] from config.json`,
        { hint: "The weights and config.json belong to different models, or one of them was edited." },
      );
  }
  const extra = [...checkpoint.tensors.keys()].filter((name) => !expected.has(name));
  if (extra.length > 0 && !options.allowExtra)
    throw new GlmEvalError(
      "checkpoint-mismatch",
      `${where}: has ${extra.length === 1 ? "a tensor" : `${extra.length} tensors`} that no GLM has: ${list(extra)}`,
      {
        hint: "If they are not needed (such as a classification head), pass --allow-extra-tensors to skip them.",
      },
    );
}

/** Identifies a conversion. */
export interface Conversion {
  readonly config: GlmConfig;
  readonly dtype: GlmDtype;
  /** sha256 over the checkpoint's weight files */
  readonly weights: string;
}

/** Whether a folder with this manifest contains the given conversion. */
export function matchesConversion(
  manifest: ConversionManifest | undefined,
  { dtype, weights }: Conversion,
): boolean {
  return manifest?.weights === weights && manifest.dtype === dtype;
}

/**
 * Writes a checkpoint's weights to `folder` in the formats of a dtype, one chunk at a time: whatever the model's size,
 * only a few chunks are in memory (and one matrix for int8, which is transposed). The folder appears complete or not at
 * all, even if two processes convert the same model at once.
 * @throws GlmEvalError (model) if the disk is full or a weight exceeds the dtype's range, GlmEvalError (data) if the
 *   checkpoint is damaged
 */
export async function convert(
  checkpoint: Checkpoint,
  conversion: Conversion,
  folder: string,
  onProgress?: (progress: ConversionProgress) => void,
): Promise<void> {
  const { config, dtype } = conversion;
  const { tensors, bytes } = layOut(config, dtype);
  const manifest: ConversionManifest = { builder: BUILDER_VERSION, ...conversion, bytes };
  await makeCachedFolder(folder, {
    bytes,
    isComplete: async () => matchesConversion(await readManifest(folder), conversion),
    async fill(temporary) {
      const file = await open(path.join(temporary, DATA_FILE), "w");
      try {
        for (const { tensor, format, matrices } of tensors.values()) {
          const given = readRows(tensor, checkpoint.read(tensor), matrices[0]!.given.columns);
          for (const stored of matrices) {
            const { rows, columns } = stored;
            const chunks = padMatrix(given.take(stored.given.rows), stored);
            for await (const { part, at, bytes: piece } of format.encode({
              name: tensor,
              rows,
              columns,
              chunks,
            })) {
              const position = stored.parts[part]!.data.offset + at;
              await file.write(piece, 0, piece.byteLength, position);
              onProgress?.({ done: position + piece.byteLength, total: bytes });
            }
          }
        }
        await file.truncate(bytes);
      } finally {
        await file.close();
      }
      await writeFile(path.join(temporary, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
    },
  });
}

/**
 * Reads the manifest of a converted folder; undefined if there is none, or if it is truncated or from another
 * version.
 */
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

/** Writes the graph that uses a converted folder's weights, if it does not exist yet, and returns its path. */
export async function writeGraph(
  folder: string,
  config: GlmConfig,
  options: {
    readonly gelu: "erf" | "tanh";
    readonly dtype: GlmDtype;
    readonly attention?: Attention | undefined;
    readonly head?: "target" | "full" | undefined;
  },
): Promise<string> {
  const { attention = "fused", head = "target", dtype, gelu } = options;
  const model = path.join(folder, `glm-${gelu}-${attention}-${head}.onnx`);
  if (existsSync(model)) return model;
  const graph = buildGlmGraph(config, {
    gelu,
    attention,
    head,
    dtype,
    weights: layOut(config, dtype).tensors,
  });
  const temporary = `${model}.${process.pid}.partial`;
  await writeToCache(folder, async () => {
    await writeFile(temporary, graph.encode(String(BUILDER_VERSION)));
    await rename(temporary, model);
  });
  return model;
}

/** Reads one embedding row of a converted model, as stored. */
export async function readEmbeddingRow(
  folder: string,
  { config, dtype }: Pick<Conversion, "config" | "dtype">,
  id: number,
): Promise<Buffer> {
  const [table] = layOut(config, dtype).tensors.get(EMBEDDINGS)!.matrices;
  const { offset, length } = table!.parts[0]!.data;
  const row = Buffer.alloc(length / config.vocabSize);
  const file = await open(path.join(folder, DATA_FILE));
  try {
    await file.read(row, 0, row.byteLength, offset + id * row.byteLength);
  } finally {
    await file.close();
  }
  return row;
}
