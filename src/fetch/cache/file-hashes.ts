import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, rename, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { cacheFolder } from "./cache-folder.js";
import { makeFolder } from "./make-folder.js";

/** What identifies a state of a file: times in nanoseconds, all as decimal text, which JSON can hold. */
interface FileState {
  readonly size: string;
  readonly mtimeNs: string;
  /** set by the system at every write and not settable: `cp -p` over a file keeps all the others */
  readonly ctimeNs: string;
  readonly ino: string;
}

interface Remembered extends FileState {
  readonly sha256: string;
}

type Memory = Record<string, Remembered | undefined>;

/**
 * Times of files are only as fine as their file system's clock (FAT's: 2 seconds), so a file that changed a moment ago
 * may change again without a trace. Its hash is neither remembered nor taken from memory (git's "racy" entries).
 */
const SETTLED_NS = 2_000_000_000n;

export interface HashOptions {
  /** where hashes are remembered; the user's cache by default */
  readonly folder?: string;
  /** called for each file that is read */
  readonly onRead?: (() => void) | undefined;
  /** the time in ms; Date.now by default */
  readonly now?: () => number;
}

/** sha256 (hex) over the bytes of several files: `combineHashes` of `hashEach`. */
export async function hashFiles(files: readonly string[], options?: HashOptions): Promise<string> {
  return combineHashes(await hashEach(files, options));
}

/** One hash (hex) of several: sha256 over their hexadecimal digits. */
export function combineHashes(hashes: readonly string[]): string {
  const all = createHash("sha256");
  for (const hash of hashes) all.update(hash);
  return all.digest("hex");
}

/**
 * sha256 (hex) of each file's bytes. Hashes are remembered with the file's size, inode and times of change, so that a
 * 20 GB checkpoint is read for its hash once and not at every start.
 */
export async function hashEach(files: readonly string[], options: HashOptions = {}): Promise<string[]> {
  const { folder = cacheFolder(), onRead, now = Date.now } = options;
  const memoryFile = path.join(folder, "hashes.json");
  const memory = await readMemory(memoryFile);
  const learned: Memory = {};
  const hashes: string[] = [];
  for (const file of files) {
    const before = await readState(file);
    const isSettled = changedBefore(before, BigInt(Math.floor(now())) * 1_000_000n - SETTLED_NS);
    const known = memory[file];
    if (isSettled && known !== undefined && isSameState(known, before)) {
      hashes.push(known.sha256);
      continue;
    }
    onRead?.();
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk);
    const sha256 = hash.digest("hex");
    hashes.push(sha256);
    if (isSettled && isSameState(before, await readState(file))) learned[file] = { ...before, sha256 };
  }
  // A cache that cannot be written costs time only.
  if (Object.keys(learned).length > 0) await remember(memoryFile, learned).catch(() => undefined);
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

/** What is remembered; nothing where the file is missing or damaged. */
async function readMemory(file: string): Promise<Memory> {
  try {
    return { ...(JSON.parse(await readFile(file, "utf8")) as Memory) };
  } catch {
    return {};
  }
}

async function remember(file: string, learned: Memory): Promise<void> {
  await makeFolder(path.dirname(file));
  const temporary = `${file}.${process.pid}.partial`;
  // Read again: another process may have learned others meanwhile.
  await writeFile(temporary, JSON.stringify({ ...(await readMemory(file)), ...learned }));
  await rename(temporary, file);
}
