import { createHash } from "node:crypto";
import { copyFile, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { GlmEvalError } from "../../../src/errors.js";
import { type Checkpoint, openCheckpoint } from "../../../src/models/checkpoint/index.js";

const fixtures = join(dirname(fileURLToPath(import.meta.url)), "../../fixtures");
export const checkpointFixture = (name: string) => join(fixtures, "checkpoints", name);
export const goldenFixture = (name: string) => join(fixtures, "golden", name);

export async function readAll(checkpoint: Checkpoint, name: string): Promise<Float32Array> {
  const chunks: Float32Array[] = [];
  for await (const chunk of checkpoint.read(name)) chunks.push(chunk);
  const values = new Float32Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    values.set(chunk, at);
    at += chunk.length;
  }
  return values;
}

export function sha256(values: Float32Array): string {
  return createHash("sha256")
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest("hex");
}

/** Digests every tensor of the checkpoint in `folder`: name → [type, shape, sha256 of the float32 bytes]. */
export async function digests(folder: string): Promise<Record<string, [string, number[], string]>> {
  const checkpoint = await openCheckpoint(folder);
  try {
    const result: Record<string, [string, number[], string]> = {};
    for (const { name, type, shape } of checkpoint.tensors.values()) {
      result[name] = [type, [...shape], sha256(await readAll(checkpoint, name))];
    }
    return result;
  } finally {
    await checkpoint.close();
  }
}

/**
 * Returns the error of opening and fully reading the checkpoint; fails if there is none or it is not a GlmEvalError.
 */
export async function refusal(folder: string): Promise<GlmEvalError> {
  try {
    await digests(folder);
  } catch (error) {
    if (error instanceof GlmEvalError) return error;
    throw error;
  }
  throw new Error(`${folder} was read without an error`);
}

/** Calls `use` with a new folder that contains `files`, and removes it afterwards. */
export async function withFolder<T>(
  files: Record<string, Uint8Array | string>,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "glm-eval-checkpoint-"));
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export async function copyFiles(from: string, to: string): Promise<void> {
  for (const name of await readdir(from)) {
    if ((await stat(join(from, name))).isFile()) await copyFile(join(from, name), join(to, name));
  }
}

export interface Header {
  readonly [name: string]: { dtype: string; shape: number[]; data_offsets: [number, number] };
}

export function safetensors(header: Header | string, data: Uint8Array): Buffer {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, data]);
}

export function toBytes(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
