import { createHash } from "node:crypto";
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { combineHashes, hashEach, hashFiles } from "../../../src/fetch/cache/index.js";

const work = mkdtempSync(path.join(os.tmpdir(), "glm-eval-hashes-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const file = path.join(work, "weights.bin");
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(work, "cache-"));
  writeFileSync(file, "the old weights");
});

/** Hashes `file` `later` ms from now, and returns whether it was read. */
async function hash(later: number): Promise<{ hash: string; wasRead: boolean }> {
  let wasRead = false;
  const [hash] = await hashEach([file], {
    folder,
    now: () => Date.now() + later,
    onRead: () => {
      wasRead = true;
    },
  });
  return { hash: hash!, wasRead };
}

describe("a file's hash", () => {
  it("is cached once the file has not changed for two seconds", async () => {
    expect(await hash(0)).toEqual({ hash: sha256("the old weights"), wasRead: true });
    expect((await hash(0)).wasRead).toBe(true);
    expect((await hash(3000)).wasRead).toBe(true);
    expect(await hash(3000)).toEqual({ hash: sha256("the old weights"), wasRead: false });
  });

  it("is not taken from the cache if the file has just changed", async () => {
    await hash(3000);
    expect((await hash(0)).wasRead).toBe(true);
  });

  it("differs for other content with the same size, time and inode, as after `cp -p`", async () => {
    // A whole second: utimes does not set nanoseconds exactly.
    utimesSync(file, 1_000_000_000, 1_000_000_000);
    await hash(3000);
    const before = statSync(file);
    const other = path.join(work, "other.bin");
    writeFileSync(other, "the new weights");
    utimesSync(other, before.atime, before.mtime);
    copyFileSync(other, file);
    utimesSync(file, before.atime, before.mtime);
    const after = statSync(file);
    expect([after.size, after.mtimeMs, after.ino]).toEqual([before.size, before.mtimeMs, before.ino]);
    expect(await hash(3000)).toEqual({ hash: sha256("the new weights"), wasRead: true });
  });

  it("differs for a file that was moved into its place", async () => {
    await hash(3000);
    const other = path.join(work, "other.bin");
    writeFileSync(other, "the new weights");
    renameSync(other, file);
    expect((await hash(3000)).hash).toBe(sha256("the new weights"));
  });

  it.each(["not JSON", "null", "[]", '{"weights.bin": 1}'])(
    "is recomputed if the cache contains %s",
    async (text) => {
      writeFileSync(path.join(folder, "hashes.json"), text);
      expect(await hash(3000)).toEqual({ hash: sha256("the old weights"), wasRead: true });
      expect((await hash(3000)).wasRead).toBe(false);
    },
  );

  it("is recomputed if an earlier version cached it without ctime", async () => {
    const { size, mtimeMs, ino } = statSync(file);
    const earlier = { [file]: { size, mtimeMs, ino, sha256: sha256("something else") } };
    writeFileSync(path.join(folder, "hashes.json"), JSON.stringify(earlier));
    expect(await hash(3000)).toEqual({ hash: sha256("the old weights"), wasRead: true });
  });

  it("does not need a writable cache", async () => {
    folder = path.join(file, "no-folder");
    expect(await hash(3000)).toEqual({ hash: sha256("the old weights"), wasRead: true });
  });
});

it("caching one file's hash preserves the hashes of others", async () => {
  const options = { folder, now: () => Date.now() + 3000 };
  const other = path.join(work, "other.bin");
  writeFileSync(other, "the other weights");
  await hashEach([file], options);
  await hashEach([other], options);
  const memory = JSON.parse(readFileSync(path.join(folder, "hashes.json"), "utf8")) as object;
  expect(Object.keys(memory)).toEqual([file, other]);
});

it("the hash of several files combines their hashes in order", async () => {
  const other = path.join(work, "other.bin");
  writeFileSync(other, "the other weights");
  const expected = sha256(sha256("the old weights") + sha256("the other weights"));
  expect(await hashFiles([file, other], { folder })).toBe(expected);
  expect(combineHashes([sha256("the old weights"), sha256("the other weights")])).toBe(expected);
});
