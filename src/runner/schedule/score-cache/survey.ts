import { open, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { readWhole } from "./cache-file.js";
import { type Content, readContent, readRecord } from "./lines.js";
import { hashIdentity, type ModelIdentity } from "./model-identity.js";

/** A file of the score cache on disk. */
export interface CacheFile {
  /** sha256 of the model's identity, from the file's name */
  readonly hash: string;
  readonly path: string;
  readonly bytes: number;
  readonly lastUsed: Date;
}

/** The content of such a file. */
export interface Surveyed extends CacheFile {
  /** the model's name in the run that started the file, and the model's identity; undefined if the header is damaged */
  readonly model: string | undefined;
  readonly identity: ModelIdentity | undefined;
  /** number of questions */
  readonly entries: number;
  /** number of lines cut short by a killed process: they are never used; the others are valid */
  readonly cutShort: number;
  /** number of other lines that are damaged, or intact but without scores: they are never used */
  readonly damaged: number;
}

/** Lists the files of a score cache, most recently used first; empty if there is no such folder. */
export async function listCacheFiles(folder: string): Promise<CacheFile[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const files = names
    .filter((name) => /^[0-9a-f]{64}\.jsonl$/.test(name))
    .map(async (name): Promise<CacheFile | undefined> => {
      const file = path.join(folder, name);
      // It may be cleared in the meantime.
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
    identity: hasMatchingName(file, content) ? header?.identity : undefined,
    entries: content.records.size - empty,
    cutShort: content.cutShort,
    damaged: content.damaged + empty,
  };
}

/** Returns whether a file's name is the hash of the identity in it. */
function hasMatchingName({ hash }: CacheFile, { header }: Content): boolean {
  return header !== undefined && hashIdentity(header.identity) === hash;
}

/** Removes files. A run that has one open continues with what it saw of it; the next run starts a new file. */
export async function clearFiles(files: readonly CacheFile[]): Promise<void> {
  for (const { path: file } of files) await rm(file, { force: true });
}
