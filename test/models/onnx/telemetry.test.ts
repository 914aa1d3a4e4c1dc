import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

let home: string;
beforeAll(() => {
  home = mkdtempSync(path.join(os.tmpdir(), "glm-eval-test-"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

// With ORT_DISABLE_TELEMETRY=0 in `env` this fails: a log, an identifier and a cache of events appear. That is not
// tested here, because it would send them.
it("ONNX Runtime's telemetry is off: it leaves nothing in the user's home or temporary folder", () => {
  const cache = mkdtempSync(path.join(os.tmpdir(), "glm-eval-test-"));
  const env = { PATH: process.env.PATH!, HOME: home, TMPDIR: home, GLM_EVAL_CACHE: cache };
  execFileSync(process.execPath, ["dist/cli/main.js", "score", "A [MASK].", "--answers", "cat,dog"], { env });
  rmSync(cache, { recursive: true, force: true });
  expect(readdirSync(home)).toEqual([]);
});
