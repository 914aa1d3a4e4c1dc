import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { GlmEvalError } from "../../../src/errors.js";
import { type HubModel, startHub, type TestHub } from "../../fetch/hub/hub-server.js";

/** The name of the model that the tests serve. */
export const MODEL = "somebody/glm-tiny";

/** Wait times short enough for tests. */
export const FAST = { retries: 2, backoffMs: 1, timeoutMs: 5_000 };

/** Makes a repository like the published ones: needed files, and files that must not be downloaded. */
export function tinyFiles(weights: Record<string, Buffer> = { "pytorch_model.bin": randomBytes(200_000) }) {
  const text: Record<string, string> = {
    ".gitattributes": "*.bin filter=lfs\n",
    "README.md": "# A model\n",
    "config.json": '{"model_type": "glm"}\n',
    "configuration_glm.py": "print('code')\n",
    "modeling_glm.py": "print('code')\n",
    "tokenization_glm.py": "print('code')\n",
    "vocab.json": '{"a": 0}\n',
    "merges.txt": "#version: 0.2\n",
    "added_tokens.json": '{"[MASK]": 1}\n',
    "tokenizer_config.json": "{}\n",
  };
  const buffers = Object.entries(text).map(([name, content]) => [name, Buffer.from(content)] as const);
  return { ...Object.fromEntries(buffers), ...weights } as Record<string, Buffer>;
}

export const NEEDED = [
  "added_tokens.json",
  "config.json",
  "merges.txt",
  "pytorch_model.bin",
  "tokenizer_config.json",
  "vocab.json",
];

/** Starts a hub and makes an empty home for the cache; both are removed after the test. */
export async function setup(
  model: HubModel = { files: tinyFiles() },
): Promise<{ hub: TestHub; home: string; env: NodeJS.ProcessEnv }> {
  const hub = await startHub({ [MODEL]: model });
  const home = mkdtempSync(join(tmpdir(), "glm-eval-hub-"));
  onTestFinished(async () => {
    await hub.close();
    rmSync(home, { recursive: true, force: true });
  });
  return { hub, home, env: { HF_HOME: home, HF_ENDPOINT: hub.url, HOME: home } };
}

/** Returns the error that a promise is rejected with, which must be one meant for users. */
export async function failure(promise: Promise<unknown>): Promise<GlmEvalError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof GlmEvalError)) throw new Error(`expected a GlmEvalError, got ${error}`);
  return error;
}
