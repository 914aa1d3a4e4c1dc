import { open } from "node:fs/promises";
import path from "node:path";
import { type GlmConfig, glmTensors } from "../src/models/glm/index.js";

// Whole checkpoints whose values are all zero and lie in holes of the file: no disk is used for them.

interface Piece {
  readonly position: number;
  readonly bytes: Uint8Array;
}

async function writeSparse(file: string, size: number, pieces: readonly Piece[]): Promise<void> {
  const handle = await open(file, "w");
  try {
    await handle.truncate(size);
    for (const { position, bytes } of pieces) await handle.write(bytes, 0, bytes.length, position);
  } finally {
    await handle.close();
  }
}

function elements(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** What stands before the values in a model.safetensors in float32, and how many bytes the values take. */
export function safetensorsHead(config: GlmConfig): { readonly head: Buffer; readonly values: number } {
  let at = 0;
  const header: Record<string, object> = {};
  for (const [name, shape] of glmTensors(config)) {
    const end = at + 4 * elements(shape);
    header[name] = { dtype: "F32", shape, data_offsets: [at, end] };
    at = end;
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return { head: Buffer.concat([length, json]), values: at };
}

/** Writes model.safetensors in float32 and returns its size in bytes. */
export async function writeSafetensors(folder: string, config: GlmConfig): Promise<number> {
  const { head, values } = safetensorsHead(config);
  const size = head.length + values;
  await writeSparse(path.join(folder, "model.safetensors"), size, [{ position: 0, bytes: head }]);
  return size;
}

/** Writes pytorch_model.bin (zip, below 4 GB) in float16 and returns its size in bytes. */
export async function writeTorchZip(folder: string, config: GlmConfig): Promise<number> {
  const tensors = [...glmTensors(config)];
  const pickle = pickleStateDict(tensors);
  const entries = [
    { name: "archive/data.pkl", bytes: pickle, size: pickle.length },
    ...tensors.map(([, shape], k) => ({
      name: `archive/data/${k}`,
      bytes: Buffer.alloc(0),
      size: 2 * elements(shape),
    })),
  ];
  const pieces: Piece[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, bytes, size } of entries) {
    const fields = zipFields(name, size);
    const local = Buffer.concat([uint32(0x04034b50), fields, Buffer.from(name)]);
    pieces.push({ position: at, bytes: Buffer.concat([local, bytes]) });
    // Version made by; then, after the shared fields: comment, disk, attributes, place of the local header.
    directory.push(
      Buffer.concat([
        uint32(0x02014b50),
        uint16(20),
        fields,
        Buffer.alloc(10),
        uint32(at),
        Buffer.from(name),
      ]),
    );
    at += local.length + size;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.concat([
    uint32(0x06054b50),
    Buffer.alloc(4),
    uint16(entries.length),
    uint16(entries.length),
    uint32(list.length),
    uint32(at),
    uint16(0),
  ]);
  pieces.push({ position: at, bytes: Buffer.concat([list, end]) });
  const size = at + list.length + end.length;
  await writeSparse(path.join(folder, "pytorch_model.bin"), size, pieces);
  return size;
}

/** What a zip's local header and its directory entry share: stored, no checksum (nothing reads it), sizes, name. */
function zipFields(name: string, size: number): Buffer {
  return Buffer.concat([
    uint16(20),
    Buffer.alloc(12),
    uint32(size),
    uint32(size),
    uint16(Buffer.byteLength(name)),
    uint16(0),
  ]);
}

/** A dict of `_rebuild_tensor_v2(storage, 0, shape, strides, False, OrderedDict())` in pickle protocol 2. */
function pickleStateDict(tensors: readonly (readonly [string, readonly number[]])[]): Buffer {
  const text = (value: string) => [Buffer.from("X"), uint32(Buffer.byteLength(value)), Buffer.from(value)];
  const tuple = (...items: Buffer[][]) => [Buffer.from("("), ...items.flat(), Buffer.from("t")];
  const int = (value: number) => [Buffer.from("J"), uint32(value)];
  const global = (module: string, name: string) => [Buffer.from(`c${module}\n${name}\n`)];
  const items = tensors.map(([name, shape], k) => {
    const size = int(elements(shape));
    const id = tuple(text("storage"), global("torch", "HalfStorage"), text(String(k)), text("cpu"), size);
    const strides = shape.map((_, axis) => int(elements(shape.slice(axis + 1))));
    const args = tuple(
      [...id, Buffer.from("Q")],
      int(0),
      tuple(...shape.map(int)),
      tuple(...strides),
      [Buffer.from([0x89])],
      [...global("collections", "OrderedDict"), Buffer.from(")R")],
    );
    return [...text(name), ...global("torch._utils", "_rebuild_tensor_v2"), ...args, Buffer.from("R")];
  });
  return Buffer.concat([Buffer.from([0x80, 2]), Buffer.from("}("), ...items.flat(), Buffer.from("u.")]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
