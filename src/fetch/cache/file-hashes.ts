import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { cacheFolder } from "./cache-folder.js";

interface Remembered {
  size: number;
  mtimeMs: number;
  ino: number;
  sha256: string;
}

/**
 * sha256 (hex) over the bytes of several files. Hashes of big files are remembered with their size, inode and time of
 * change, so that a 20 GB checkpoint is read for its hash once and not at every start; `onRead` is told of each that is.
 */
export async function hashFiles(
  files: readonly string[],
  folder = cacheFolder(),
  onRead?: () => void,
): Promise<string> {
  const memoFile = path.join(folder, "hashes.json");
  const memo: Record<string, Remembered> = await readFile(memoFile, "utf8").then(JSON.parse, () => ({}));
  const all = createHash("sha256");
  let learned = false;
  for (const file of files) {
    const { size, mtimeMs, ino } = await stat(file);
    const known = memo[file];
    let sha256 = known?.sha256;
    if (!known || known.size !== size || known.mtimeMs !== mtimeMs || known.ino !== ino) {
      onRead?.();
      const hash = createHash("sha256");
      for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk);
      sha256 = hash.digest("hex");
      memo[file] = { size, mtimeMs, ino, sha256 };
      learned = true;
    }
    all.update(sha256!);
  }
  if (learned) {
    // A cache that cannot be written costs time only.
    const temporary = `${memoFile}.${process.pid}.partial`;
    await mkdir(folder, { recursive: true })
      .then(() => writeFile(temporary, JSON.stringify(memo)))
      .then(() => rename(temporary, memoFile))
      .catch(() => undefined);
  }
  return all.digest("hex");
}
