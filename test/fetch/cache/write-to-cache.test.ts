import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { makeCachedFolder, writeToCache } from "../../../src/fetch/cache/index.js";

const work = mkdtempSync(path.join(os.tmpdir(), "glm-eval-write-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const plan = { bytes: 1, isComplete: async () => false, fill: async () => undefined };
const refusal = (folder: string) => ({
  code: "model-cache-not-writable",
  message: expect.stringContaining(`the cache folder ${folder} is not writable: `),
  hint: expect.stringMatching(/GLM_EVAL_CACHE/),
});

describe("a cache that is not writable is reported with a remedy:", () => {
  const file = path.join(work, "file");
  writeFileSync(file, "");
  const dangling = path.join(work, "dangling");
  symlinkSync(path.join(work, "nowhere"), dangling);
  const circular = path.join(work, "circular");
  symlinkSync(circular, circular);
  const readOnly = path.join(work, "read-only");
  mkdirSync(readOnly);
  chmodSync(readOnly, 0o555);

  const places: (readonly [what: string, cache: string])[] = [
    ["a file", file],
    ["a folder below a file", path.join(file, "below")],
    ["a device", "/dev/null"],
    ["a dangling link", dangling],
    ["a link to itself", circular],
    ["a name that is too long", path.join(work, "a".repeat(300))],
    // Root may write to it.
    ...(process.getuid?.() === 0 ? [] : [["a read-only folder", readOnly] as const]),
    // On other systems, the folder can be created.
    ...(process.platform === "linux" ? [["a folder in /proc", "/proc/glm-eval"] as const] : []),
  ];
  it.each(places)("%s", async (_, cache) => {
    const folder = path.join(cache, "models");
    await expect(makeCachedFolder(path.join(folder, "key"), plan)).rejects.toMatchObject(refusal(folder));
  });
});

it("other errors, and errors outside the cache, are rethrown unchanged", async () => {
  const elsewhere = path.join(work, "elsewhere", "file");
  const writing = writeToCache(path.join(work, "cache"), () => writeFile(elsewhere, ""));
  await expect(writing).rejects.toMatchObject({ code: "ENOENT", path: elsewhere });
  const defect = writeToCache(work, async () => {
    throw new TypeError("a defect");
  });
  await expect(defect).rejects.toThrow(TypeError);
});
