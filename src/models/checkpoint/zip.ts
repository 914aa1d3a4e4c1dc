import { broken, type WeightFile } from "./weight-file.js";

// Field layouts: PKWARE's APPNOTE.TXT, sections 4.3.7 (local header), 4.3.12 (central directory), 4.3.14–4.3.16 (end
// records).
const LOCAL_HEADER = 0x04034b50;
const DIRECTORY_HEADER = 0x02014b50;
const DIRECTORY_END = 0x06054b50;
const ZIP64_DIRECTORY_END = 0x06064b50;
const ZIP64_LOCATOR = 0x07064b50;
const ZIP64_EXTRA = 0x0001;
const MAX_COMMENT = 65_535;
const DEFLATED = 8;
const IN_ZIP64 = 0xffff_ffff;
/** About 100 bytes per entry, one entry per tensor: a larger directory means a damaged length. */
const MAX_DIRECTORY_BYTES = 64 * 1024 * 1024;

export interface ZipEntry {
  readonly name: string;
  /** bytes */
  readonly size: number;
  /** bytes in the archive */
  readonly stored: number;
  /** whether these bytes are compressed; otherwise they are the entry itself */
  readonly isDeflated: boolean;
  readonly crc32: number;
  /** byte position of the entry's local header */
  readonly header: number;
}

/**
 * Reads the entries of a zip archive by name, from its central directory (ZIP64 or not).
 * @param options.allowDeflated whether entries may be compressed: PyTorch stores them uncompressed, and only such
 *   entries can be read in pieces
 * @throws GlmEvalError (data) if the directory is missing or damaged, or an entry is compressed or encrypted
 */
export async function readZipDirectory(
  file: WeightFile,
  { allowDeflated = false } = {},
): Promise<Map<string, ZipEntry>> {
  const { position, size } = await findDirectory(file);
  const bytes = view(await file.read(position, size, "the zip directory"));
  const entries = new Map<string, ZipEntry>();
  let at = 0;
  while (at < size) {
    if (at + 46 > size || bytes.getUint32(at, true) !== DIRECTORY_HEADER) {
      throw broken(file.path, `has a broken zip directory (no entry at byte ${position + at})`);
    }
    const nameEnd = at + 46 + bytes.getUint16(at + 28, true);
    const extraEnd = nameEnd + bytes.getUint16(at + 30, true);
    const next = extraEnd + bytes.getUint16(at + 32, true);
    if (next > size)
      throw broken(file.path, `has a broken zip directory (entry at byte ${position + at} too long)`);
    const name = Buffer.from(bytes.buffer, at + 46, nameEnd - at - 46).toString("utf8");
    if (entries.has(name)) throw broken(file.path, `has a broken zip directory ("${name}" twice)`);
    const encrypted = (bytes.getUint16(at + 8, true) & 1) !== 0;
    const method = bytes.getUint16(at + 10, true);
    const isDeflated = method === DEFLATED;
    if (encrypted || !(method === 0 || (isDeflated && allowDeflated))) {
      throw broken(
        file.path,
        `entry "${name}" is ${encrypted ? "encrypted" : `compressed (method ${method})`}`,
        {
          hint: "PyTorch stores entries uncompressed: save the checkpoint with torch.save instead of re-zipping it.",
        },
      );
    }
    const [entrySize, stored, header] = resolveZip64Fields(
      file,
      [bytes.getUint32(at + 24, true), bytes.getUint32(at + 20, true), bytes.getUint32(at + 42, true)],
      new DataView(bytes.buffer, nameEnd, extraEnd - nameEnd),
    );
    if (!isDeflated && entrySize !== stored)
      throw broken(file.path, `entry "${name}" is stored as ${stored} of ${entrySize} bytes`);
    const crc32 = bytes.getUint32(at + 16, true);
    entries.set(name, { name, size: entrySize!, stored: stored!, isDeflated, crc32, header: header! });
    at = next;
  }
  return entries;
}

/**
 * Finds the byte position of an entry's data, which only the local header determines: its padding differs from the
 * directory's.
 */
export async function findEntryData(file: WeightFile, entry: ZipEntry): Promise<number> {
  const header = view(await file.read(entry.header, 30, `the header of zip entry "${entry.name}"`));
  if (header.getUint32(0, true) !== LOCAL_HEADER) {
    throw broken(file.path, `has no header of zip entry "${entry.name}" at byte ${entry.header}`);
  }
  const position = entry.header + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  if (position + entry.stored > file.size) {
    throw broken(
      file.path,
      `is truncated: zip entry "${entry.name}" ends at byte ${position + entry.stored}, the file has ${file.size} bytes`,
    );
  }
  return position;
}

async function findDirectory(file: WeightFile): Promise<{ position: number; size: number }> {
  const tailLength = Math.min(file.size, 22 + MAX_COMMENT);
  const tailStart = file.size - tailLength;
  const tail = view(await file.read(tailStart, tailLength, "the end of the zip directory"));
  for (let at = tailLength - 22; at >= 0; at--) {
    if (tail.getUint32(at, true) !== DIRECTORY_END) continue;
    if (at + 22 + tail.getUint16(at + 20, true) !== tailLength) continue;
    const found =
      at >= 20 && tail.getUint32(at - 20, true) === ZIP64_LOCATOR
        ? await readZip64End(file, safeUint64(file, tail, at - 20 + 8))
        : { size: tail.getUint32(at + 12, true), position: tail.getUint32(at + 16, true) };
    if (found.position + found.size > tailStart + at || found.size > MAX_DIRECTORY_BYTES) {
      throw broken(
        file.path,
        `has a broken zip directory (bytes ${found.position} to ${found.position + found.size})`,
      );
    }
    return found;
  }
  throw broken(
    file.path,
    `is truncated: it starts as a zip archive, but its ${file.size} bytes do not include the zip directory that must end it`,
  );
}

async function readZip64End(file: WeightFile, position: number): Promise<{ position: number; size: number }> {
  const end = view(await file.read(position, 56, "the ZIP64 directory's end"));
  if (end.getUint32(0, true) !== ZIP64_DIRECTORY_END) {
    throw broken(file.path, `has a broken zip directory (no ZIP64 end at byte ${position})`);
  }
  return { size: safeUint64(file, end, 40), position: safeUint64(file, end, 48) };
}

/**
 * Replaces the fields that did not fit in 32 bits with those of the ZIP64 extra field, which contains only these, in
 * order.
 */
function resolveZip64Fields(file: WeightFile, fields: number[], extra: DataView): number[] {
  if (!fields.includes(IN_ZIP64)) return fields;
  for (let at = 0; at + 4 <= extra.byteLength; at += 4 + extra.getUint16(at + 2, true)) {
    if (extra.getUint16(at, true) !== ZIP64_EXTRA) continue;
    const end = Math.min(extra.byteLength, at + 4 + extra.getUint16(at + 2, true));
    let from = at + 4;
    return fields.map((field) => {
      if (field !== IN_ZIP64) return field;
      if (from + 8 > end) throw broken(file.path, "has a broken zip directory (ZIP64 sizes cut short)");
      from += 8;
      return safeUint64(file, extra, from - 8);
    });
  }
  throw broken(file.path, "has a broken zip directory (ZIP64 sizes missing)");
}

function safeUint64(file: WeightFile, bytes: DataView, at: number): number {
  const value = bytes.getBigUint64(at, true);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw broken(file.path, `has a broken zip directory (a size of ${value} bytes)`);
  }
  return Number(value);
}

function view(bytes: Uint8Array<ArrayBuffer>): DataView<ArrayBuffer> {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
