import { open, writeFile } from "node:fs/promises";
import path from "node:path";
import { type GlmConfig, listGlmTensors } from "../src/models/glm/index.js";

// Complete checkpoints whose values, by default, are zeros in holes of the file, which use no disk space.

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

/** The header of a model.safetensors in float32. */
export function safetensorsHead(config: GlmConfig): Buffer {
  return safetensorsHeader(listGlmTensors(config), "F32", 4).bytes;
}

/** Writes model.safetensors in float32 and returns its size in bytes. */
export async function writeSafetensors(folder: string, config: GlmConfig): Promise<number> {
  const { bytes, size } = safetensorsHeader(listGlmTensors(config), "F32", 4);
  await writeSparse(path.join(folder, "model.safetensors"), size, [{ position: 0, bytes }]);
  return size;
}

/** Maximum bytes of tensors per shard, as transformers splits them. */
const SHARD_BYTES = 5e9;

/**
 * Writes model-00001-of-0000N.safetensors … in float16 with their index, and returns their total size in bytes.
 * @param isRandom the tensors that hold random values; the others are zeros in holes of their files
 */
export async function writeShards(
  folder: string,
  config: GlmConfig,
  isRandom: (name: string) => boolean,
): Promise<number> {
  const shards: [string, readonly number[]][][] = [[]];
  let inShard = 0;
  for (const [name, shape] of listGlmTensors(config)) {
    const bytes = 2 * elements(shape);
    if (inShard + bytes > SHARD_BYTES) {
      shards.push([]);
      inShard = 0;
    }
    shards.at(-1)!.push([name, shape]);
    inShard += bytes;
  }
  const noise = halves(1 << 22);
  const weightMap: Record<string, string> = {};
  let total = 0;
  let start = 0;
  for (const [k, tensors] of shards.entries()) {
    const number = (n: number): string => String(n).padStart(5, "0");
    const name = `model-${number(k + 1)}-of-${number(shards.length)}.safetensors`;
    for (const [tensor] of tensors) weightMap[tensor] = name;
    const { bytes, size, places } = safetensorsHeader(tensors, "F16", 2);
    const file = path.join(folder, name);
    await writeSparse(file, size, [{ position: 0, bytes }]);
    const handle = await open(file, "r+");
    // ONNX Runtime stores equal weights once, so no two tensors start at the same offset of the noise.
    try {
      for (const [tensor, { position, length }] of places) {
        if (!isRandom(tensor)) continue;
        start = (start + 7919) % (noise.length / 2);
        for (let at = 0, from = 2 * start; at < length; from = 0) {
          const bytes = Math.min(noise.length - from, length - at);
          await handle.write(noise, from, bytes, position + at);
          at += bytes;
        }
      }
    } finally {
      await handle.close();
    }
    total += size;
  }
  const index = { metadata: { total_size: total }, weight_map: weightMap };
  await writeFile(path.join(folder, "model.safetensors.index.json"), JSON.stringify(index));
  return total;
}

/** Random half-precision numbers that resemble weights (sign, 1/16 to 1/256, fraction), as bytes. */
function halves(count: number): Buffer {
  const values = Uint16Array.from(
    { length: count },
    () =>
      (Math.random() < 0.5 ? 0x8000 : 0) | (Math.floor(7 + 4 * Math.random()) << 10) | (1024 * Math.random()),
  );
  return Buffer.from(values.buffer);
}

/** The start of a safetensors file, its size, and the position of each tensor in it. */
function safetensorsHeader(
  tensors: Iterable<readonly [string, readonly number[]]>,
  dtype: "F32" | "F16",
  elementBytes: number,
) {
  let at = 0;
  const header: Record<string, object> = {};
  const offsets: [string, number, number][] = [];
  for (const [name, shape] of tensors) {
    const length = elementBytes * elements(shape);
    header[name] = { dtype, shape, data_offsets: [at, at + length] };
    offsets.push([name, at, length]);
    at += length;
  }
  const json = Buffer.from(JSON.stringify(header));
  const count = Buffer.alloc(8);
  count.writeBigUInt64LE(BigInt(json.length));
  const start = 8 + json.length;
  const places = new Map(
    offsets.map(([name, offset, length]) => [name, { position: start + offset, length }]),
  );
  return { bytes: Buffer.concat([count, json]), size: start + at, places };
}

/** Writes pytorch_model.bin (zip, below 4 GB) in float16 and returns its size in bytes. */
export async function writeTorchZip(folder: string, config: GlmConfig): Promise<number> {
  const tensors = [...listGlmTensors(config)];
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
    // Version made by; then, after the shared fields: comment, disk, attributes, offset of the local header.
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

/** The fields that a zip's local header and its directory entry share: stored, no checksum (nothing reads it), sizes, name. */
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
