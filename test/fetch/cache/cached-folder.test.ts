import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { makeCachedFolder } from "../../../src/fetch/cache/index.js";

const work = mkdtempSync(path.join(os.tmpdir(), "glm-eval-test-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

it("a full disk is reported before anything is written", async () => {
  let isStarted = false;
  const made = makeCachedFolder(path.join(work, "model"), {
    bytes: 5e18,
    isComplete: async () => false,
    async fill() {
      isStarted = true;
    },
  });
  await expect(made).rejects.toMatchObject({
    kind: "model",
    message: expect.stringMatching(
      /^the conversion needs 5000000000\.0 GB in .*, which has only [\d.]+ GB free$/,
    ),
    hint: expect.stringContaining("--output"),
  });
  expect(isStarted).toBe(false);
  expect(existsSync(work) && readdirSync(work)).toEqual([]);
});
