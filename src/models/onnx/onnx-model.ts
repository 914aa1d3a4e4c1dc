import { open, writeFile } from "node:fs/promises";
import { GlmEvalError } from "../../errors.js";
import { decodeGraph } from "./decode-graph.js";
import { encodeOpset, type Field, field, fields, readInt, readString } from "./onnx-fields.js";
import type { Graph } from "./onnx-graph.js";

/** Of the names of nodes, values and constants that an edit adds. */
const PREFIX = "glm_eval/";
/** Pieces smaller than this are written together. */
const SMALL = 1 << 16;
/** The most that is read at once. */
const CHUNK = 1 << 28;

/**
 * An ONNX model read from a file, to be looked at and edited. What is not edited is written back byte for byte. The
 * file's bytes are in memory once: all parts are views of them.
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
   * @throws GlmEvalError (model) where the file cannot be read, GlmEvalError (data) where it is no ONNX model
   */
  static async read(file: string): Promise<OnnxModel> {
    const bytes = await readBytes(file);
    try {
      return OnnxModel.decode(bytes);
    } catch (error) {
      throw new GlmEvalError(
        "export-damaged",
        `${file} is no ONNX model, or a damaged one: ${error instanceof Error ? error.message : String(error)}`,
        { hint: damageHint(bytes) },
      );
    }
  }

  /** @throws Error where the bytes are no ONNX model */
  static decode(bytes: Uint8Array): OnnxModel {
    const parts = [...fields(bytes)];
    const graph = parts.find(({ no }) => no === 7);
    if (!graph) throw new Error("it holds no graph");
    const opset = parts.flatMap(({ no, content }) => (no === 8 ? [decodeOpset(content)] : []));
    const standard = opset.find(({ domain }) => domain === "" || domain === "ai.onnx");
    if (!standard) throw new Error("it does not say which version of the standard operators it uses");
    return new OnnxModel(decodeGraph(graph.content, standard.version, PREFIX), parts);
  }

  /** What must be given to run the model: its inputs without those that are constants with a default. */
  get inputs(): Graph["inputs"] {
    const { inputs, initializers } = this.graph;
    return new Map([...inputs].filter(([name]) => !initializers.has(name)));
  }

  /** The external data files that its constants name, relative to the model's folder. */
  get externalFiles(): string[] {
    const locations = [...this.graph.initializers.values()].flatMap(({ location }) => location ?? []);
    return [...new Set(locations)].sort();
  }

  /** The encoded model, in pieces that together are its bytes. */
  encode(): Uint8Array[] {
    const pieces = this.#fields.flatMap(({ no, raw }) =>
      no === 7 ? field(7, ...this.graph.encodeFields()) : [raw],
    );
    const imported = this.#fields.flatMap(({ no, content }) =>
      no === 8 ? [decodeOpset(content).domain] : [],
    );
    if (!imported.includes("com.microsoft") && this.graph.nodes.some((n) => n.domain === "com.microsoft"))
      pieces.push(...field(8, encodeOpset("com.microsoft", 1)));
    return pieces;
  }

  /** Writes the model; big constants go from the source's bytes to the file without a further copy. */
  async write(file: string): Promise<void> {
    await writeFile(file, gathered(this.encode()));
  }
}

/** OperatorSetIdProto: domain 1, version 2. */
function decodeOpset(message: Uint8Array): { domain: string; version: number } {
  let domain = "";
  let version = 0;
  for (const { no, content } of fields(message)) {
    if (no === 1) domain = readString(content);
    else if (no === 2) version = readInt(content);
  }
  return { domain, version };
}

/** The pieces with small ones joined: one call a node would be slow. */
function* gathered(pieces: readonly Uint8Array[]): Generator<Uint8Array> {
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

/** A whole file, also one that is bigger than what one call reads (2 GB). */
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
      missing ? `${file} is not there` : `${file} cannot be read: ${(error as Error).message}`,
      { hint: "Download or copy it again." },
    );
  }
}

/** What a file that is no model most often is. */
function damageHint(bytes: Uint8Array): string {
  return readString(bytes.subarray(0, 32)).startsWith("version https://git-lfs")
    ? "It is a Git LFS pointer, not the file itself: run `git lfs pull` in the model's folder."
    : "The file is damaged or half downloaded: download or copy it again.";
}
