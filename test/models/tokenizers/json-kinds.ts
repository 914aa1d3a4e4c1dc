import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { onTestFinished } from "vitest";
import { type JsonTokenizer, loadJsonTokenizer } from "../../../src/models/tokenizers/index.js";
import { parseSentencePiece } from "../../../src/models/tokenizers/sentencepiece-model.js";
import { fixture } from "./fixtures.js";

type Json = Record<string, unknown>;

/** One kind of tokenizer.json, and the Rust library's results for it. */
interface Kind {
  /** tokenizer.json without its model's vocabulary and merges, and the other files */
  readonly files: Record<string, Json> & { "tokenizer.json": { model: Json } };
  /** index of the vocabulary and merges in `models` */
  readonly model: number;
  readonly size: number;
  /** ids of each text as a part that does not start a text */
  readonly other: number[][];
  /** ids of each text as a part that starts a text, if different */
  readonly first: Record<number, number[]>;
  /** "Yes, the river" alone, and before "Answer: no", with special tokens and token types */
  readonly single: number[];
  readonly pair: [ids: number[], types: number[]];
}

const stored = JSON.parse(gunzipSync(await readFile(fixture("json.json.gz"))).toString()) as {
  texts: string[];
  models: Json[];
  kinds: Record<string, Kind>;
  step_texts: string[];
  steps: [preTokenizer: Json, pieces: string[][]][];
};
export const { texts, kinds, steps, step_texts: stepTexts } = stored;

const MODEL = "chinese/cog-pretrain.model";
const { normalizer } = parseSentencePiece(await readFile(fixture(MODEL)), MODEL);
const CHARSMAP = Buffer.from(normalizer.charsmap).toString("base64");

/** Returns a kind's complete tokenizer.json. */
export function tokenizerJson(name: string): Json & { model: Json; added_tokens: Json[] } {
  const { files, model } = kinds[name]!;
  const json = files["tokenizer.json"];
  const whole = { ...json, model: { ...json.model, ...stored.models[model] } };
  return JSON.parse(JSON.stringify(whole).replaceAll("$charsmap", CHARSMAP));
}

/** Creates a folder with the given files: objects as JSON, strings as is. */
export async function folderWith(files: Record<string, object | string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "glm-eval-json-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [file, content] of Object.entries(files)) {
    await writeFile(join(folder, file), typeof content === "string" ? content : JSON.stringify(content));
  }
  return folder;
}

/** Loads the tokenizer of a kind; `changes` replace keys of its tokenizer.json. */
export async function load(name: string, changes: Json = {}): Promise<JsonTokenizer> {
  const folder = await folderWith({
    ...kinds[name]!.files,
    "tokenizer.json": { ...tokenizerJson(name), ...changes },
  });
  return loadJsonTokenizer(folder, { vocabSize: kinds[name]!.size });
}
