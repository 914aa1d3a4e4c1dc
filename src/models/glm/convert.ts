import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { open, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { GlmEvalError } from "../../errors.js";
import { makeCachedFolder, writeToCache } from "../../fetch/cache/index.js";
import type { Checkpoint } from "../checkpoint/index.js";
import { DATA_FILE, EMBEDDINGS, layOut } from "./data-file-layout.js";
import type { GlmDtype } from "./formats/index.js";
import { type GlmConfig, glmTensors } from "./glm-config.js";
import { type Attention, BUILDER_VERSION, buildGlmGraph } from "./glm-graph.js";
import { filledUp, rowsOf } from "./weight-rows.js";

/** Where a converted folder, which holds the weights, says what it is. */
export const MANIFEST = "glm-eval.json";

/** What a converted folder says of itself. */
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

/** The cache key of a conversion: what is in it depends on nothing else. */
export function conversionKey(config: GlmConfig, dtype: GlmDtype, weightsHash: string): string {
  const { gelu: _, ...shape } = config; // the activation is in the graph, of which a folder may hold several
  return createHash("sha256")
    .update(JSON.stringify([BUILDER_VERSION, dtype, shape, weightsHash]))
    .digest("hex")
    .slice(0, 32);
}

/**
 * Says what is wrong with a checkpoint's tensor names and shapes, before anything is converted.
 * @throws GlmEvalError (data) naming the tensors that are missing, wrongly shaped or not known
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
      "checkpoint-mismatch",
      `${where}: ${missing.length} of ${expected.size} tensors missing: ${list(missing)}`,
      {
        hint: `config.json says ${config.layers} layers; the checkpoint holds ${checkpoint.tensors.size} tensors.`,
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
      `${where}: ${extra.length === 1 ? "a tensor" : `${extra.length} tensors`} that no GLM has: ${list(extra)}`,
      {
        hint: "If they are not needed (a classification head, say), --allow-extra-tensors leaves them out.",
      },
    );
}

/** What is converted. */
export interface Conversion {
  readonly config: GlmConfig;
  readonly dtype: GlmDtype;
  /** sha256 over the checkpoint's weight files */
  readonly weights: string;
}

/** Whether a folder with this manifest holds a conversion. */
export function holds(manifest: ConversionManifest | undefined, { dtype, weights }: Conversion): boolean {
  return manifest?.weights === weights && manifest.dtype === dtype;
}

/**
 * Writes a checkpoint's weights in the formats of a dtype into `folder`, one chunk at a time: memory stays at a few
 * chunks (and one matrix for int8, which is transposed) whatever the model's size. The folder appears whole or
 * not at all, also when two processes convert the same model at once.
 * @throws GlmEvalError (model) where the disk has no room or the dtype cannot hold a weight, GlmEvalError (data) where
 *   the checkpoint is broken
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
    isWhole: async () => holds(await readManifest(folder), conversion),
    async fill(temporary) {
      const file = await open(path.join(temporary, DATA_FILE), "w");
      try {
        for (const { tensor, format, matrices } of tensors.values()) {
          const given = rowsOf(tensor, checkpoint.read(tensor), matrices[0]!.given.columns);
          for (const stored of matrices) {
            const { rows, columns } = stored;
            const chunks = filledUp(given.take(stored.given.rows), stored);
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

/** One embedding row of a converted model, as its bytes are stored. */
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
