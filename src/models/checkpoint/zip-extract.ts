import { createWriteStream } from "node:fs";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32, createInflateRaw } from "node:zlib";
import { broken, type WeightFile } from "./weight-file.js";
import { findEntryData, type ZipEntry } from "./zip.js";

const CHUNK = 4 * 1024 * 1024;

/**
 * Extracts an entry of any size from a zip archive to a file.
 * @throws GlmEvalError (data) if it is damaged: its length or checksum does not match the zip directory
 */
export async function extractEntry(file: WeightFile, entry: ZipEntry, target: string): Promise<void> {
  const position = await findEntryData(file, entry);
  let size = 0;
  let sum = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _, done) {
      size += chunk.length;
      sum = crc32(chunk, sum);
      // Never write more of a damaged archive than the directory announced.
      done(size > entry.size ? damaged(file, entry) : null, chunk);
    },
  });
  const stored = Readable.from(chunks(file, position, entry));
  const output = createWriteStream(target);
  try {
    if (entry.isDeflated) await pipeline(stored, createInflateRaw(), counted, output);
    else await pipeline(stored, counted, output);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code?.startsWith("Z_") ? damaged(file, entry) : error;
  }
  if (size !== entry.size || sum !== entry.crc32) throw damaged(file, entry);
}

async function* chunks(file: WeightFile, position: number, { name, stored }: ZipEntry) {
  for (let at = 0; at < stored; at += CHUNK)
    yield Buffer.from(await file.read(position + at, Math.min(CHUNK, stored - at), `zip entry "${name}"`));
}

function damaged(file: WeightFile, { name }: ZipEntry) {
  return broken(file.path, `zip entry "${name}" is damaged: it does not match the zip directory`);
}
