import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { makeCachedFolder } from "../../../src/fetch/cache/index.js";

const work = mkdtempSync(path.join(os.tmpdir(), "glm-eval-test-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

it("a disk without room is told of before anything is written", async () => {
  let begun = false;
  const made = makeCachedFolder(path.join(work, "model"), {
    bytes: 5e18,
    isWhole: async () => false,
    async fill() {
      begun = true;
    },
  });
  await expect(made).rejects.toMatchObject({
    kind: "model",
    message: expect.stringMatching(/^converting needs 5000000000\.0 GB in .*, where [\d.]+ GB are free$/),
    hint: expect.stringContaining("--output"),
  });
  expect(begun).toBe(false);
  expect(existsSync(work) && readdirSync(work)).toEqual([]);
});
