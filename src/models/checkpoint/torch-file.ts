import { unpickle } from "./pickle.js";
import { PickleEndError, PickleError } from "./pickle-bytes.js";
import { findLayoutProblem, type StoredTensor } from "./stored-tensor.js";
import {
  ForbiddenNameError,
  type PicklePolicy,
  type Storage,
  TorchBuilder,
  TorchTensor,
} from "./torch-objects.js";
import { broken, type WeightFile } from "./weight-file.js";
import { findEntryData, readZipDirectory } from "./zip.js";

export interface TorchContent {
  readonly container: "torch-zip" | "torch-legacy";
  /** the tensors of the state dict (of `module` if there is one), in its order */
  readonly tensors: readonly StoredTensor[];
  /** entries of the state dict that are not tensors */
  readonly others: readonly string[];
  /** the number of files that the model is split into, if the file records it (DeepSpeed's do) */
  readonly modelParallelSize: number | undefined;
}

/** A pickle contains names and shapes, never values: a few kB per model. */
const MAX_PICKLE_BYTES = 64 * 1024 * 1024;
const FIRST_LEGACY_READ = 1024 * 1024;
/** The first object of a legacy file, and the format version (torch/serialization.py). */
const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;
const LEGACY_PROTOCOL = 1001;

/**
 * Reads the tensors of a file written by torch.save, in the zip format (PyTorch 1.6 and later) or the legacy format.
 * @throws GlmEvalError (data) if the file is in neither format, is damaged, or names something that `policy` forbids
 */
export async function readTorchFile(file: WeightFile, policy: PicklePolicy): Promise<TorchContent> {
  const start = Buffer.from(await file.read(0, Math.min(4, file.size), "its start"));
  try {
    return start.toString("latin1") === "PK\x03\x04"
      ? await readZip(file, policy)
      : await readLegacy(file, policy);
  } catch (error) {
    if (!(error instanceof PickleError)) throw error;
    throw broken(file.path, error.message, {
      cause: error,
      ...(error instanceof ForbiddenNameError && {
        hint:
          "Use a safetensors file of this model, or one saved with torch.save(model.state_dict(), …). " +
          "A checkpoint from the original GLM repository must keep its name, mp_rank_00_model_states.pt.",
      }),
    });
  }
}

async function readZip(file: WeightFile, policy: PicklePolicy): Promise<TorchContent> {
  const entries = await readZipDirectory(file);
  const pickles = [...entries.values()].filter(({ name }) => /^([^/]*\/)?data\.pkl$/.test(name));
  const [pickle] = pickles;
  if (pickle === undefined || pickles.length > 1) {
    throw broken(
      file.path,
      `is a zip archive with ${pickles.length} data.pkl entries; torch.save writes exactly one`,
      {
        hint: "Expected a file written by torch.save.",
      },
    );
  }
  const prefix = pickle.name.slice(0, -"data.pkl".length);
  const byteOrder = entries.get(`${prefix}byteorder`);
  if (byteOrder !== undefined && byteOrder.size === 3) {
    const order = await file.read(await findEntryData(file, byteOrder), byteOrder.size, "the byte order");
    requireLittleEndian(file, Buffer.from(order).toString("latin1") !== "big");
  }
  if (pickle.size > MAX_PICKLE_BYTES) throw tooLong(file, pickle.size);
  const bytes = await file.read(await findEntryData(file, pickle), pickle.size, "its pickle");
  const builder = new TorchBuilder(policy);
  const { value } = unpickle(toBuffer(bytes), 0, builder);

  const positions = new Map<string, number>();
  const content = readStateDict(file, value);
  for (const { storage } of content.tensors) {
    if (positions.has(storage.key)) continue;
    const entry = entries.get(`${prefix}data/${storage.key}`);
    const expected = storage.length * storage.bytesPerElement;
    if (entry === undefined) throw broken(file.path, `has no zip entry for storage ${storage.key}`);
    if (entry.size < expected) {
      throw broken(file.path, `zip entry "${entry.name}" has ${entry.size} bytes, expected ${expected}`);
    }
    positions.set(storage.key, await findEntryData(file, entry));
  }
  return { container: "torch-zip", ...locate(file, content, positions) };
}

/**
 * Legacy format: five pickles (magic, version, system, object, storage keys), then each storage as its length and its
 * raw values.
 */
async function readLegacy(file: WeightFile, policy: PicklePolicy): Promise<TorchContent> {
  const { object, keys, builder, end } = await readLegacyPickles(file, policy);
  const positions = new Map<string, number>();
  let at = end;
  for (const key of keys) {
    const storage = builder.storages.get(key);
    if (storage === undefined)
      throw broken(file.path, `lists storage ${key}, which has an unknown type or belongs to no tensor`);
    const length = toBuffer(await file.read(at, 8, `the length of storage ${key}`)).readBigInt64LE();
    if (length !== BigInt(storage.length)) {
      throw broken(file.path, `storage ${key} has ${length} elements, expected ${storage.length}`);
    }
    positions.set(key, at + 8);
    at += 8 + storage.length * storage.bytesPerElement;
    if (at > file.size) {
      throw broken(
        file.path,
        `is truncated: storage ${key} ends at byte ${at}, the file has ${file.size} bytes`,
      );
    }
  }
  return { container: "torch-legacy", ...locate(file, readStateDict(file, object), positions) };
}

async function readLegacyPickles(file: WeightFile, policy: PicklePolicy) {
  // The file does not record the pickles' length: read more until they fit.
  for (let length = Math.min(FIRST_LEGACY_READ, file.size); ; length = Math.min(2 * length, file.size)) {
    const bytes = toBuffer(await file.read(0, length, "its pickles"));
    try {
      return parseLegacyPickles(file, bytes, policy);
    } catch (error) {
      if (!(error instanceof PickleEndError)) throw error;
      if (length === file.size) throw broken(file.path, `is truncated: ${error.message}`, { cause: error });
      if (length >= MAX_PICKLE_BYTES) throw tooLong(file, length);
    }
  }
}

function parseLegacyPickles(file: WeightFile, bytes: Buffer, policy: PicklePolicy) {
  const magic = readMagic(file, bytes);
  const version = unpickle(bytes, magic.end, new TorchBuilder("weights"));
  if (version.value !== LEGACY_PROTOCOL) {
    throw broken(
      file.path,
      `has legacy format version ${String(version.value)}, expected ${LEGACY_PROTOCOL}`,
    );
  }
  const system = unpickle(bytes, version.end, new TorchBuilder("weights"));
  requireLittleEndian(file, !(system.value instanceof Map) || system.value.get("little_endian") !== false);
  const builder = new TorchBuilder(policy);
  const object = unpickle(bytes, system.end, builder);
  const keys = unpickle(bytes, object.end, new TorchBuilder("weights"));
  if (!Array.isArray(keys.value) || !keys.value.every((key) => typeof key === "string")) {
    throw broken(file.path, "has no list of storages after its pickle");
  }
  return { object: object.value, keys: keys.value as string[], builder, end: keys.end };
}

function readMagic(file: WeightFile, bytes: Buffer): { end: number } {
  const found = bytes.subarray(0, 8).toString("hex");
  const hint = "Expected a file written by torch.save.";
  let value: unknown;
  let end: number;
  try {
    ({ value, end } = unpickle(bytes, 0, new TorchBuilder("weights")));
  } catch (error) {
    if (!(error instanceof PickleError) || error instanceof ForbiddenNameError) throw error;
    // A real magic number fits any first read, so even "continues after its last byte" means another kind of file.
    throw broken(
      file.path,
      `is not a PyTorch file: neither a zip archive nor a pickle (starts with ${found})`,
      {
        hint,
        cause: error,
      },
    );
  }
  if (value !== LEGACY_MAGIC) {
    throw broken(
      file.path,
      `is not a PyTorch file: a pickle without PyTorch's magic number (starts with ${found})`,
      {
        hint,
      },
    );
  }
  return { end };
}

type StoredTorchTensor = TorchTensor & { storage: Storage; name: string };

interface StateDict {
  readonly tensors: readonly StoredTorchTensor[];
  readonly others: readonly string[];
  readonly modelParallelSize: number | undefined;
}

/** Finds the state dict: the object itself or, in the original repository's files, its `module`. */
function readStateDict(file: WeightFile, object: unknown): StateDict {
  const root = object instanceof Map && object.get("module") instanceof Map ? object.get("module") : object;
  if (!(root instanceof Map)) {
    throw broken(file.path, "does not contain a state dict (a dict of tensors)", {
      hint: "Save the weights with torch.save(model.state_dict(), …).",
    });
  }
  const tensors: StoredTorchTensor[] = [];
  const others: string[] = [];
  for (const [name, value] of root as Map<unknown, unknown>) {
    if (typeof name !== "string") continue;
    if (value instanceof TorchTensor && value.storage !== undefined) {
      tensors.push(Object.assign(new TorchTensor(), value, { name, storage: value.storage }));
    } else {
      others.push(name);
    }
  }
  const parallel: unknown = object instanceof Map ? object.get("mp_world_size") : undefined;
  return { tensors, others, modelParallelSize: typeof parallel === "number" ? parallel : undefined };
}

const SAVE_PLAINLY = "If the file is complete, save the weights again with .contiguous().";

/** Converts positions in storages to positions in the file. */
function locate(file: WeightFile, content: StateDict, positions: ReadonlyMap<string, number>) {
  const tensors = content.tensors.map(({ name, storage, offset, shape, strides }): StoredTensor => {
    const start = positions.get(storage.key);
    const problem = findLayoutProblem(shape, strides, offset, storage.viewLength);
    if (problem !== undefined) throw broken(file.path, `tensor "${name}" ${problem}`, { hint: SAVE_PLAINLY });
    if (start === undefined) throw broken(file.path, `lacks the storage of tensor "${name}"`);
    const position = start + (storage.start + offset) * storage.bytesPerElement;
    return { file, name, dtype: storage.dtype, type: storage.type, shape, strides, position };
  });
  return { ...content, tensors };
}

function requireLittleEndian(file: WeightFile, isLittleEndian: boolean): void {
  if (isLittleEndian) return;
  throw broken(file.path, "was written on a big-endian machine", {
    hint: "Save it again on a little-endian machine.",
  });
}

function tooLong(file: WeightFile, length: number) {
  return broken(file.path, `has a pickle of ${length} bytes or more; the limit is ${MAX_PICKLE_BYTES}`);
}

function toBuffer(bytes: Uint8Array<ArrayBuffer>): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
