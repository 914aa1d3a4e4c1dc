import type { Engine, Model, ModelOptions, PreparedQuestion, Reader } from "glm-eval";

/** What the reader prepares and the engine scores: the letters of the text around the blank. */
interface Letters extends PreparedQuestion {
  readonly text: readonly number[];
}

const toIds = (text: string): number[] => Array.from(text, (letter) => letter.codePointAt(0)!);

const MAX_LENGTH = 2000;

const reader: Reader<Letters> = {
  family: "infill",
  maxLength: MAX_LENGTH,
  truncation: "longest",
  unknown: undefined,
  notes: [],
  facts: {
    family: "infill",
    architecture: "letters",
    vocabSize: 0x110000,
    maxLength: MAX_LENGTH,
    truncation: "longest",
    specialTokens: {},
    // Determines the ids: another version of the tokenizer needs another hash.
    tokenizerSha256: "letters, version 1",
  },
  encode: toIds,
  token: (id) => String.fromCodePoint(id),
  prepare: ({ id, clozes }) =>
    clozes.map(({ pattern, answers }) => {
      const ids = pattern.parts.flatMap((part) => (part.kind === "text" ? toIds(part.text) : []));
      return {
        id,
        text: ids.slice(0, MAX_LENGTH),
        answers: answers.map(({ text }) => toIds(text)),
        cut: Math.max(0, ids.length - MAX_LENGTH),
      };
    }),
};

/** Gives each letter its add-one smoothed frequency in the text. */
function createEngine(): Engine<Letters> {
  const work = { tokens: 0, padding: 0 };
  return {
    packs: false,
    work,
    length: ({ text, answers }) => text.length + Math.max(...answers.map((answer) => answer.length)),
    async score(rows) {
      return rows.map((row) =>
        row.map(({ text, answers }) => {
          work.tokens += text.length;
          const seen = (id: number) => text.filter((other) => other === id).length;
          return answers.map((tokenIds) => ({
            tokenIds,
            tokenLogProbs: tokenIds.map((id) => Math.log((seen(id) + 1) / (text.length + 0x110000))),
            isGreedy: tokenIds.map(() => false),
            // The model reads nothing after an answer.
            closing: { tokenIds: [], logProbs: [], isGreedy: [] },
          }));
        }),
      );
    },
    async close() {},
  };
}

/** Loads the model; pass it to `run` as the hook `load`. */
export async function loadLetters(name: string, _options: ModelOptions): Promise<Model> {
  const facts = {
    ...reader.facts,
    source: "folder",
    dtype: "fp32",
    mmap: false,
    weightsSha256: "none",
    graphVersion: 1,
    onnxruntime: "none",
  } as const;
  return { name, reader, engine: createEngine(), facts, notes: [] };
}
