import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, rename, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { cacheFolder } from "./cache-folder.js";
import { makeFolder } from "./make-folder.js";

/** Identifies a state of a file: times in nanoseconds; all values as decimal text, which JSON can represent. */
interface FileState {
  readonly size: string;
  readonly mtimeNs: string;
  /** set by the system at every write, and not settable: `cp -p` over a file preserves all the others */
  readonly ctimeNs: string;
  readonly ino: string;
}

interface CachedHash extends FileState {
  readonly sha256: string;
}

type HashCache = Record<string, CachedHash | undefined>;

/**
 * File times are only as precise as the file system's clock (FAT: 2 seconds), so a file that has just changed may change
 * again without a trace. The hash of such a file is neither cached nor taken from the cache (git's "racy" entries).
 */
const SETTLED_NS = 2_000_000_000n;

export interface HashOptions {
  /** folder in which hashes are cached; default: the user's cache */
  readonly folder?: string;
  /** called for each file that is read */
  readonly onRead?: (() => void) | undefined;
  /** the current time in ms; default: Date.now */
  readonly now?: () => number;
}

/** Returns one sha256 (hex) of several files: `combineHashes` of `hashEach`. */
export async function hashFiles(files: readonly string[], options?: HashOptions): Promise<string> {
  return combineHashes(await hashEach(files, options));
}

/** Combines several hashes into one (hex): the sha256 of their hexadecimal digits. */
export function combineHashes(hashes: readonly string[]): string {
  const all = createHash("sha256");
  for (const hash of hashes) all.update(hash);
  return all.digest("hex");
}

/**
 * Returns the sha256 (hex) of each file's bytes. Hashes are cached by the file's size, inode and change times, so that a
 * 20 GB checkpoint is hashed once and not at every start.
 */
export async function hashEach(files: readonly string[], options: HashOptions = {}): Promise<string[]> {
  const { folder = cacheFolder(), onRead, now = Date.now } = options;
  const cacheFile = path.join(folder, "hashes.json");
  const cache = await readCache(cacheFile);
  const added: HashCache = {};
  const hashes: string[] = [];
  for (const file of files) {
    const before = await readState(file);
    const isSettled = changedBefore(before, BigInt(Math.floor(now())) * 1_000_000n - SETTLED_NS);
    const known = cache[file];
    if (isSettled && known !== undefined && isSameState(known, before)) {
      hashes.push(known.sha256);
      continue;
    }
    onRead?.();
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk);
    const sha256 = hash.digest("hex");
    hashes.push(sha256);
    if (isSettled && isSameState(before, await readState(file))) added[file] = { ...before, sha256 };
  }
  // A cache that is not writable only costs time.
  if (Object.keys(added).length > 0) await addToCache(cacheFile, added).catch(() => undefined);
  return hashes;
}

async function readState(file: string): Promise<FileState> {
  const { size, mtimeNs, ctimeNs, ino } = await stat(file, { bigint: true });
  return { size: `${size}`, mtimeNs: `${mtimeNs}`, ctimeNs: `${ctimeNs}`, ino: `${ino}` };
}

function isSameState(a: FileState, b: FileState): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs && a.ino === b.ino;
}

function changedBefore({ mtimeNs, ctimeNs }: FileState, time: bigint): boolean {
  return BigInt(mtimeNs) < time && BigInt(ctimeNs) < time;
}

/** Reads the cached hashes; none if the file is missing or damaged. */
async function readCache(file: string): Promise<HashCache> {
  try {
    return { ...(JSON.parse(await readFile(file, "utf8")) as HashCache) };
  } catch {
    return {};
  }
}

async function addToCache(file: string, added: HashCache): Promise<void> {
  await makeFolder(path.dirname(file));
  const temporary = `${file}.${process.pid}.partial`;
  // Read again: another process may have added others in the meantime.
  await writeFile(temporary, JSON.stringify({ ...(await readCache(file)), ...added }));
  await rename(temporary, file);
}
