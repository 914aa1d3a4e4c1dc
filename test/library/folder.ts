import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll } from "vitest";

/** A folder for the tests of a file, removed after them. */
export function testFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "glm-eval-library-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  return folder;
}
