import { open, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { readWhole } from "./cache-file.js";
import { type Content, readContent, readRecord } from "./lines.js";
import { identityHash, type ModelIdentity } from "./model-identity.js";

/** A file of the score cache, as it lies there. */
export interface CacheFile {
  /** sha256 of the model's identity, by the file's name */
  readonly hash: string;
  readonly path: string;
  readonly bytes: number;
  readonly lastUsed: Date;
}

/** What is in it. */
export interface Surveyed extends CacheFile {
  /** the model's name in the run that began the file, and what tells the model apart; undefined where that is damaged */
  readonly model: string | undefined;
  readonly identity: ModelIdentity | undefined;
  /** questions */
  readonly entries: number;
  /** lines that a kill cut short: they are never used, and nothing is wrong with the others */
  readonly cutShort: number;
  /** other lines that are not whole, or hold no scores though they are: they are never used */
  readonly damaged: number;
}

/** The files of a score cache, the one used last first; none where there is no such folder. */
export async function cacheFiles(folder: string): Promise<CacheFile[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const files = names
    .filter((name) => /^[0-9a-f]{64}\.jsonl$/.test(name))
    .map(async (name): Promise<CacheFile | undefined> => {
      const file = path.join(folder, name);
      // It may be cleared meanwhile.
      const found = await stat(file).catch(() => undefined);
      return found && { hash: path.parse(name).name, path: file, bytes: found.size, lastUsed: found.mtime };
    });
  const there = (await Promise.all(files)).filter((file) => file !== undefined);
  return there.sort((a, b) => b.lastUsed.getTime() - a.lastUsed.getTime());
}

/** Reads every line of a file. */
export async function survey(file: CacheFile): Promise<Surveyed> {
  const handle = await open(file.path);
  const bytes = await readWhole(handle).finally(() => handle.close());
  const content = readContent(bytes, bytes.length);
  const { header } = content;
  const empty = [...content.records.values()].filter((span) => readRecord(bytes, span) === undefined).length;
  return {
    ...file,
    model: header?.model,
    identity: isNamedSo(file, content) ? header?.identity : undefined,
    entries: content.records.size - empty,
    cutShort: content.cutShort,
    damaged: content.damaged + empty,
  };
}

/** Whether a file holds the identity of which its name is the hash. */
function isNamedSo({ hash }: CacheFile, { header }: Content): boolean {
  return header !== undefined && identityHash(header.identity) === hash;
}

/** Removes files. A run that has one open goes on with what it saw of it; the next one begins it anew. */
export async function clearFiles(files: readonly CacheFile[]): Promise<void> {
  for (const { path: file } of files) await rm(file, { force: true });
}
