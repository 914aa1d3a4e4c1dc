import { open, writeFile } from "node:fs/promises";
import { GlmEvalError } from "../../errors.js";
import { decodeGraph } from "./decode-graph.js";
import { encodeField, encodeOpset, type Field, readFields, readInt, readString } from "./onnx-fields.js";
import type { Graph } from "./onnx-graph.js";

/** Prefix of the names of nodes, values and constants that an edit adds. */
const PREFIX = "glm_eval/";
/** Pieces smaller than this (in bytes) are written together. */
const SMALL = 1 << 16;
/** Maximum number of bytes read at once. */
const CHUNK = 1 << 28;

/**
 * An ONNX model read from a file, to inspect and edit. Anything that is not edited is written back byte for byte. The
 * file's bytes are in memory only once: all parts are views of them.
 */
export class OnnxModel {
  /** ModelProto: graph 7, opset_import 8; in the file's order */
  readonly #fields: readonly Field[];

  private constructor(
    readonly graph: Graph,
    fields: readonly Field[],
  ) {
    this.#fields = fields;
  }

  /**
   * @throws GlmEvalError (model) if the file cannot be read, GlmEvalError (data) if it is not an ONNX model
   */
  static async read(file: string): Promise<OnnxModel> {
    const bytes = await readBytes(file);
    try {
      return OnnxModel.decode(bytes);
    } catch (error) {
      throw new GlmEvalError(
        "export-damaged",
        `${file} is not an ONNX model, or is damaged: ${error instanceof Error ? error.message : String(error)}`,
        { hint: damageHint(bytes) },
      );
    }
  }

  /** @throws Error if the bytes are not an ONNX model */
  static decode(bytes: Uint8Array): OnnxModel {
    const parts = [...readFields(bytes)];
    const graph = parts.find(({ no }) => no === 7);
    if (!graph) throw new Error("it contains no graph");
    const opset = parts.flatMap(({ no, content }) => (no === 8 ? [decodeOpset(content)] : []));
    const standard = opset.find(({ domain }) => domain === "" || domain === "ai.onnx");
    if (!standard) throw new Error("it does not state its version of the standard operators");
    return new OnnxModel(decodeGraph(graph.content, standard.version, PREFIX), parts);
  }

  /** The inputs that are required to run the model: without those that are constants with a default. */
  get inputs(): Graph["inputs"] {
    const { inputs, initializers } = this.graph;
    return new Map([...inputs].filter(([name]) => !initializers.has(name)));
  }

  /** The external data files that its constants name, relative to the model's folder. */
  get externalFiles(): string[] {
    const locations = [...this.graph.initializers.values()].flatMap(({ location }) => location ?? []);
    return [...new Set(locations)].sort();
  }

  /** Encodes the model, as pieces that concatenate to its bytes. */
  encode(): Uint8Array[] {
    const pieces = this.#fields.flatMap(({ no, raw }) =>
      no === 7 ? encodeField(7, ...this.graph.encodeFields()) : [raw],
    );
    const imported = this.#fields.flatMap(({ no, content }) =>
      no === 8 ? [decodeOpset(content).domain] : [],
    );
    if (!imported.includes("com.microsoft") && this.graph.nodes.some((n) => n.domain === "com.microsoft"))
      pieces.push(...encodeField(8, encodeOpset("com.microsoft", 1)));
    return pieces;
  }

  /** Writes the model; large constants go from the source's bytes to the file without another copy. */
  async write(file: string): Promise<void> {
    await writeFile(file, joinSmallPieces(this.encode()));
  }
}

/** OperatorSetIdProto: domain 1, version 2. */
function decodeOpset(message: Uint8Array): { domain: string; version: number } {
  let domain = "";
  let version = 0;
  for (const { no, content } of readFields(message)) {
    if (no === 1) domain = readString(content);
    else if (no === 2) version = readInt(content);
  }
  return { domain, version };
}

/** Joins small pieces, because one write per node would be slow. */
function* joinSmallPieces(pieces: readonly Uint8Array[]): Generator<Uint8Array> {
  let small: Uint8Array[] = [];
  let size = 0;
  for (const piece of pieces) {
    if (piece.byteLength < SMALL) {
      small.push(piece);
      size += piece.byteLength;
      if (size < SMALL) continue;
    }
    if (size > 0) yield Buffer.concat(small);
    small = [];
    size = 0;
    if (piece.byteLength >= SMALL) yield piece;
  }
  if (size > 0) yield Buffer.concat(small);
}

/** Reads an entire file, even one larger than the limit of a single read (2 GB). */
async function readBytes(file: string): Promise<Uint8Array> {
  try {
    const handle = await open(file);
    try {
      const { size } = await handle.stat();
      const bytes = new Uint8Array(size);
      for (let at = 0; at < size; ) {
        const { bytesRead } = await handle.read(bytes, at, Math.min(CHUNK, size - at), at);
        if (bytesRead === 0) throw new Error(`it ended at byte ${at} of ${size}`);
        at += bytesRead;
      }
      return bytes;
    } finally {
      await handle.close();
    }
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new GlmEvalError(
      "model-incomplete",
      missing ? `${file} does not exist` : `${file} cannot be read: ${(error as Error).message}`,
      { hint: "Download or copy it again." },
    );
  }
}

/** Suggests what to do about a file that is not a model, by its most likely cause. */
function damageHint(bytes: Uint8Array): string {
  return readString(bytes.subarray(0, 32)).startsWith("version https://git-lfs")
    ? "It is a Git LFS pointer, not the file itself: run `git lfs pull` in the model's folder."
    : "The file is damaged or incomplete: download or copy it again.";
}
