import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Tokenizer } from "@huggingface/tokenizers";
import { beforeAll, describe, expect, it } from "vitest";
import { loadTokenizer } from "../../src/models/tokenizers/index.js";
import type { Cloze } from "../../src/patterns/index.js";
import { builtinTasks, findTask } from "../../src/tasks/index.js";
import { folders, jsonLines } from "./helpers.js";

// Made by test/oracles/patterns.py from the same rows, with GLM's patterns restated as lists of parts.
const FIXTURES = fileURLToPath(new URL("../fixtures/tasks/", import.meta.url));
const MODEL = fileURLToPath(new URL("../../data/models/glm-tiny", import.meta.url));

interface Encoded {
  readonly text: string;
  readonly wordpiece: readonly number[];
  readonly bpe: readonly number[];
}

interface Fixture {
  readonly rows: readonly unknown[];
  readonly examples: Record<string, Record<string, ExpectedCloze[]>>;
}

interface ExpectedCloze {
  readonly parts: readonly (string | (Encoded & { shortenable: boolean }))[];
  readonly answers: readonly (Encoded & { label: string | null })[];
}

const read = (name: string) => JSON.parse(readFileSync(`${FIXTURES}${name}.json`, "utf8"));
const folder = folders();
let wordpiece: (text: string) => number[];
let bpe: (text: string) => number[];

beforeAll(async () => {
  const tokenizer = await loadTokenizer(MODEL, { protocol: "glm", vocabSize: 8192 });
  wordpiece = (text) => tokenizer.encode(text);
  const byteLevel = new Tokenizer(read("bpe"), {});
  bpe = (text) => byteLevel.encode(text, { add_special_tokens: false }).ids;
});

const encoded = (text: string): Encoded => ({ text, wordpiece: wordpiece(text), bpe: bpe(text) });

/** A cloze in the fixture's form. */
function shape({ pattern, answers }: Cloze): ExpectedCloze {
  return {
    parts: pattern.parts.map((part) => {
      if (part.kind === "blank") return "[MASK]";
      if (part.kind === "segment") return "||";
      return { ...encoded(part.text), shortenable: part.shortenable };
    }),
    answers: answers.map(({ text, label }) => ({ ...encoded(text), label: label ?? null })),
  };
}

describe("GLM's patterns, part by part and id by id", () => {
  it.each(builtinTasks())("%s", async (name) => {
    const { rows, examples } = read(name) as Fixture;
    const task = await findTask(name);
    const root = folder({ [task.dataFiles.validation![0]!]: jsonLines(rows) });
    const dataset = await task.load({ root });
    const actual = Object.fromEntries(
      dataset.examples.map((example) => [
        example.id,
        Object.fromEntries(task.patterns.map((p) => [p.id, p.question(example).clozes.map(shape)])),
      ]),
    );
    expect(actual).toEqual(examples);
  });
});
