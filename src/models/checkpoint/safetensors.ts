import type { TensorType } from "./checkpoint.js";
import { contiguousStrides, countElements, type StoredTensor } from "./stored-tensor.js";
import { broken, type WeightFile } from "./weight-file.js";

/** The format's own limit, so that a damaged length cannot request gigabytes. */
const MAX_HEADER_BYTES = 100_000_000;

const TYPES: ReadonlyMap<string, TensorType> = new Map([
  ["F32", "float32"],
  ["F16", "float16"],
  ["BF16", "bfloat16"],
  ["F64", "float64"],
]);
const BYTES: ReadonlyMap<string, number> = new Map([
  ...["F64", "I64", "U64", "C64"].map((dtype) => [dtype, 8] as const),
  ...["F32", "I32", "U32"].map((dtype) => [dtype, 4] as const),
  ...["F16", "BF16", "I16", "U16"].map((dtype) => [dtype, 2] as const),
  ...["I8", "U8", "BOOL", "F8_E4M3", "F8_E5M2"].map((dtype) => [dtype, 1] as const),
]);

interface HeaderEntry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** in bytes, from the end of the header */
  readonly begin: number;
  readonly end: number;
}

/**
 * Reads the tensors of a safetensors file: 8 bytes of header length, a JSON header, then the raw data, which the
 * tensors must cover without overlaps or gaps (https://huggingface.co/docs/safetensors, "Format").
 */
export async function readSafetensors(file: WeightFile): Promise<StoredTensor[]> {
  const lengthBytes = await file.read(0, 8, "the header length");
  const length = new DataView(lengthBytes.buffer).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw broken(
      file.path,
      `claims a header of ${length} bytes, more than ${MAX_HEADER_BYTES}: not a safetensors file`,
    );
  }
  const dataStart = 8 + Number(length);
  const header = parseHeader(file, await file.read(8, Number(length), "the header"));
  const entries = Object.entries(header)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, entry]) => checkEntry(file, name, entry));
  checkCoverage(file, dataStart, entries);
  return entries.map(({ name, dtype, shape, begin }) => ({
    file,
    name,
    dtype,
    type: TYPES.get(dtype),
    shape,
    strides: contiguousStrides(shape),
    position: dataStart + begin,
  }));
}

function parseHeader(file: WeightFile, bytes: Uint8Array): object {
  try {
    const header: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    if (typeof header === "object" && header !== null && !Array.isArray(header)) return header;
  } catch (error) {
    throw broken(file.path, "has a safetensors header that is not JSON", { cause: error });
  }
  throw broken(file.path, "has a safetensors header that is not a JSON object");
}

function checkEntry(file: WeightFile, name: string, entry: unknown): HeaderEntry {
  const { dtype, shape, data_offsets: offsets } = Object(entry) as Record<string, unknown>;
  if (typeof dtype !== "string" || !isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) {
    throw broken(
      file.path,
      `has a broken header entry for tensor "${name}": ${JSON.stringify(entry)?.slice(0, 200)}`,
    );
  }
  const [begin, end] = offsets as [number, number];
  const bytes = BYTES.get(dtype);
  const expected = bytes === undefined ? end - begin : countElements(shape) * bytes;
  if (end < begin || end - begin !== expected) {
    throw broken(
      file.path,
      `tensor "${name}" of ${dtype} [${shape}] needs ${expected} bytes, but its offsets [${offsets}] give ${end - begin}`,
    );
  }
  return { name, dtype, shape, begin, end };
}

function checkCoverage(file: WeightFile, dataStart: number, entries: readonly HeaderEntry[]): void {
  let covered = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== covered) {
      const found = begin < covered ? "overlaps the tensor before it" : "leaves a gap before it";
      throw broken(
        file.path,
        `tensor "${name}" ${found}: it starts at byte ${begin} of the data, expected ${covered}`,
      );
    }
    covered = end;
  }
  const expected = dataStart + covered;
  if (file.size < expected) {
    throw broken(
      file.path,
      `is truncated: its header describes ${expected} bytes, the file has ${file.size}`,
    );
  }
  if (file.size > expected) {
    throw broken(
      file.path,
      `does not match its header, which describes ${expected} bytes; the file has ${file.size}`,
    );
  }
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}
