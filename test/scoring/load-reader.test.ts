import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { loadModel, loadReader, type ReaderOptions } from "../../src/scoring/index.js";
import { makeQuestion } from "./make-question.js";

const work = mkdtempSync(path.join(os.tmpdir(), "glm-eval-test-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const TINY = fileURLToPath(new URL("../../data/models/glm-tiny", import.meta.url));

/** Copies a model's folder without its weights. */
function withoutWeights(folder: string): string {
  const copy = path.join(work, path.basename(folder));
  cpSync(folder, copy, {
    recursive: true,
    filter: (file) => !/onnx$|safetensors|\.bin$|\.pt$|manifest\.json$/.test(path.basename(file)),
  });
  return copy;
}

const text = "the small grey dog sat on the mat and the river rose over the bridge and the road";
const questions = [
  makeQuestion("short", "The [MASK] is grey.", ["dog", "small cat"]),
  makeQuestion(
    "long",
    "{{ text | shorten }}. The {{ text | shorten }}: [MASK].",
    ["dog", "a small cat", "lake"],
    {
      text,
    },
  ),
];

const cases: readonly [string, string, ReaderOptions][] = [
  ["GLM", TINY, {}],
  ["GLM, cut for each answer", TINY, { maxLength: 24 }],
  ["GLM, cut once", TINY, { maxLength: 24, truncation: "longest" }],
  ["GLM by the hub's conventions", TINY, { maxLength: 24, protocol: "glm-hf" }],
  ["GLM with other special tokens", TINY, { maskToken: "[UNK]", eosToken: "[PAD]" }],
  ["GLM-RoBERTa by the hub's conventions", fixture("reference/random-roberta"), { protocol: "glm-hf" }],
  ["BERT", fixture("exports/bert"), { maxLength: 24, decoding: "pll" }],
  ["T5", fixture("exports/t5"), { maxLength: 30 }],
  ["BART", fixture("exports/bart"), { maxLength: 30, truncation: "longest" }],
  ["GPT-2", fixture("exports/gpt2"), { maxLength: 30, protocol: "glm-hf" }],
];

describe.each(cases)("%s", (_, folder, options) => {
  it("reads the same without weights as the model with the same options", async () => {
    const copy = withoutWeights(folder);
    expect(readdirSync(copy)).toContain("config.json");
    const reader = await loadReader(copy, options);
    const model = await loadModel(folder, { ...options, cacheFolder: path.join(work, "cache") });
    try {
      for (const question of questions)
        expect(reader.prepare(question)).toEqual(model.reader.prepare(question));
      expect(reader.facts).toEqual(model.reader.facts);
      expect(model.facts).toMatchObject(reader.facts);
      expect(reader.unknown).toBe(model.reader.unknown);
      expect(reader.encode(text)).toEqual(model.reader.encode(text));
    } finally {
      await model.engine.close();
    }
  });
});

describe("loadReader", () => {
  /** Returns the tokens of a short question, as the vocabulary spells them. */
  const readsOf = async (folder: string, options: ReaderOptions) => {
    const reader = await loadReader(folder, options);
    const [preview] = reader.preview(questions[0]!);
    return preview!.reads[0]!.tokens.map((id) => (id === null ? "_" : reader.token(id)));
  };

  it("uses the given special tokens, and the protocol's", async () => {
    const own = "[CLS] the [MASK] is grey . [SEP] <|startofpiece|> _ <|endofpiece|>".split(" ");
    expect(await readsOf(TINY, {})).toEqual(own);
    expect(await readsOf(TINY, { maskToken: "[UNK]", eosToken: "[PAD]" })).toEqual(
      own.with(2, "[UNK]").with(6, "[PAD]"),
    );
    expect(await readsOf(fixture("reference/random-roberta"), {})).toContain("<mask>");
    expect(await readsOf(fixture("reference/random-roberta"), { protocol: "glm-hf" })).toContain("[MASK]");
    await expect(loadReader(TINY, { maskToken: "[none]" })).rejects.toMatchObject({ kind: "usage" });
  });

  it("notes that it reads less than requested", async () => {
    const { notes, maxLength } = await loadReader(TINY, { maxLength: 10_000 });
    expect(maxLength).toBe(256);
    expect(notes).toEqual([
      "The model has 256 positions, less than the requested length of 10000; 256 is used.",
    ]);
    expect((await loadReader(fixture("exports/t5"), { maxLength: 10_000 })).notes).toEqual([]);
  });

  it("reads a model as another family, with a note", async () => {
    const bert = await loadReader(fixture("exports/bert"), { family: "causal" });
    expect(bert.family).toBe("causal");
    expect(bert.notes).toEqual([
      "A bert model belongs to the masked family; it is read as causal, as requested.",
    ]);
    const masked = loadReader(fixture("exports/gpt2"), { family: "masked" });
    await expect(masked).rejects.toMatchObject({ kind: "model", message: /has no mask token/ });
    await expect(loadReader(TINY, { family: "masked" })).rejects.toMatchObject({ kind: "model" });
  });

  it("knows the id of the unknown token", async () => {
    const reader = await loadReader(TINY);
    expect(reader.token(reader.unknown!)).toBe("[UNK]");
    expect(reader.encode("字")).toEqual([reader.unknown]);
  });
});
