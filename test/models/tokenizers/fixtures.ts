import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { onTestFinished } from "vitest";
import type { TokenizerOptions } from "../../../src/models/tokenizers/index.js";

const FIXTURES = fileURLToPath(new URL("../../fixtures/tokenizers/", import.meta.url));

export const GLM: TokenizerOptions = { protocol: "glm", vocabSize: 60_000 };
export const GLM_HF: TokenizerOptions = { protocol: "glm-hf", vocabSize: 60_000 };

export function fixture(name: string): string {
  return join(FIXTURES, name);
}

export const GLM_TINY = fileURLToPath(new URL("../../../data/models/glm-tiny", import.meta.url));

/** Texts and their ids from the reference libraries: for each vocabulary, one list of ids per text. */
export async function expectedIds(): Promise<{ texts: string[]; ids: Record<string, number[][]> }> {
  return JSON.parse(gunzipSync(await readFile(fixture("expected.json.gz"))).toString());
}

/** Copies a fixture with files replaced (by a string, bytes, or an object as JSON) or omitted (null). */
export async function copyWith(
  name: string,
  files: Record<string, string | Uint8Array | object | null>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "glm-eval-tokenizer-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await cp(fixture(name), folder, { recursive: true });
  for (const [file, content] of Object.entries(files)) {
    if (content === null) await rm(join(folder, file));
    else {
      const raw = typeof content === "string" || content instanceof Uint8Array;
      await writeFile(join(folder, file), raw ? content : JSON.stringify(content));
    }
  }
  return folder;
}

export async function readFixture(name: string, file: string): Promise<string> {
  return readFile(join(fixture(name), file), "utf8");
}
