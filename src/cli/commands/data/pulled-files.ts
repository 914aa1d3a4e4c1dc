import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { GlmEvalError } from "../../../errors.js";
import { makeFolder } from "../../../fetch/cache/index.js";
import { camelKeys, snakeKeys } from "../../../json.js";

/** The record of what was pulled into a folder. */
const RECORD = "pulled.json";

const pulledFile = z.object({
  /** relative to the folder, with "/" as separator */
  path: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  /** the source: a data set on the hub, a URL, a folder or an archive */
  from: z.string(),
  /** the data set's commit */
  revision: z.string().optional(),
  /** what the sha256 was compared with: the hub's listing, or the published sha256 of the archive; null: not compared */
  verified: z.enum(["hub", "archive"]).nullable(),
});

const record = z.object({ schema: z.literal(1), files: z.array(pulledFile) });

/** A file that was pulled. */
export type PulledFile = z.output<typeof pulledFile>;

/** A file to pull. */
export interface SourceFile extends Pick<PulledFile, "path" | "from" | "revision" | "verified"> {
  readonly content: { readonly file: string } | { readonly bytes: Uint8Array };
  /** sha256 that the content must have, if known */
  readonly sha256?: string | undefined;
}

/** Reads the record of what was pulled into a folder; empty if the record is missing or unreadable. */
export async function readPulled(folder: string): Promise<readonly PulledFile[]> {
  try {
    const text = await readFile(path.join(folder, RECORD), "utf8");
    return record.parse(camelKeys(JSON.parse(text))).files;
  } catch {
    return [];
  }
}

/**
 * Stores a file in the folder, completely or not at all, and records it.
 * @returns the file, and whether it already existed with the same content
 * @throws GlmEvalError (data) if its content is not as expected, or a file that was not pulled is in its place
 */
export async function keepFile(
  folder: string,
  source: SourceFile,
): Promise<{ readonly file: PulledFile; readonly wasThere: boolean }> {
  const { content, sha256: expected, ...about } = source;
  const target = path.join(folder, source.path);
  const partial = `${target}.${randomUUID()}.partial`;
  const known = await readPulled(folder);
  await makeFolder(path.dirname(target));
  try {
    const sha256 = await write(content, partial);
    if (expected !== undefined && sha256 !== expected)
      throw new GlmEvalError("wrong-hash", `${source.path} has the sha256 ${sha256}; expected ${expected}`, {
        hint: `The copy in ${"file" in content ? content.file : source.from} is damaged: delete it and pull again.`,
      });
    const there = await hashFile(target);
    if (there !== undefined && there !== sha256 && !known.some((each) => each.path === source.path))
      throw new GlmEvalError("file-exists", `${target} already exists with different content`, {
        hint: "Move it, or pass another folder with --dir.",
      });
    const { size: bytes } = await stat(partial);
    if (there !== sha256) await rename(partial, target);
    const file: PulledFile = { ...about, bytes, sha256 };
    await writeRecord(folder, [...known.filter((each) => each.path !== file.path), file]);
    return { file, wasThere: there === sha256 };
  } finally {
    await rm(partial, { force: true });
  }
}

/** Returns the sha256 of a file in hexadecimal; undefined if the file does not exist. */
export async function hashFile(file: string): Promise<string | undefined> {
  const hash = createHash("sha256");
  try {
    for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  return hash.digest("hex");
}

/** @returns the content's sha256 */
async function write(content: SourceFile["content"], target: string): Promise<string> {
  const hash = createHash("sha256");
  const handle = await open(target, "wx");
  try {
    const pieces = "file" in content ? createReadStream(content.file) : [content.bytes];
    for await (const piece of pieces as AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
      hash.update(piece);
      await handle.appendFile(piece);
    }
  } finally {
    await handle.close();
  }
  return hash.digest("hex");
}

async function writeRecord(folder: string, files: readonly PulledFile[]): Promise<void> {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const partial = path.join(folder, `${RECORD}.${randomUUID()}.partial`);
  await writeFile(partial, `${JSON.stringify(snakeKeys({ schema: 1, files: sorted }), null, 2)}\n`);
  await rename(partial, path.join(folder, RECORD));
}
