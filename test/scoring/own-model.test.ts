import { expect, expectTypeOf, it } from "vitest";
import {
  type Engine,
  type loadReader,
  type Model,
  PROTOCOLS,
  type PreparedQuestion,
  type Reader,
  scoreTexts,
} from "../../src/index.js";

/** A custom model: one token per character, each as likely as it is frequent in the text before the blank. */
interface Line extends PreparedQuestion {
  readonly text: readonly number[];
}

const encode = (text: string) => [...text].map((character) => character.codePointAt(0)!);
const reader: Reader<Line> = {
  family: "causal",
  maxLength: 1000,
  truncation: "longest",
  unknown: undefined,
  notes: [],
  encode,
  token: (id) => String.fromCodePoint(id),
  prepare: ({ id, clozes }) =>
    clozes.map(({ pattern, answers }) => ({
      id,
      cut: 0,
      text: pattern.parts.flatMap((part) => (part.kind === "text" ? encode(part.text) : [])),
      answers: answers.map((answer) => encode(answer.text)),
    })),
  facts: {
    family: "causal",
    architecture: "line",
    vocabSize: 0x110000,
    maxLength: 1000,
    truncation: "longest",
    specialTokens: {},
    tokenizerSha256: "none",
  },
};
const engine: Engine<Line> = {
  packs: false,
  work: { tokens: 0, padding: 0 },
  length: ({ text, answers }) => text.length + answers.flat().length,
  score: async (rows) =>
    rows.map((row) =>
      row.map(({ text, answers }) =>
        answers.map((tokenIds) => ({
          tokenIds,
          tokenLogProbs: tokenIds.map((id) =>
            Math.log((1 + text.filter((other) => other === id).length) / (1000 + text.length)),
          ),
          isGreedy: tokenIds.map(() => false),
          closing: { tokenIds: [], logProbs: [], isGreedy: [] },
        })),
      ),
    ),
  close: async () => undefined,
};

it("a custom reader and engine are scored like built-in ones", async () => {
  const texts = [{ id: "1", text: "aaab [MASK]", answers: ["a", "b"] }];
  const [scored] = await scoreTexts({ reader, engine }, texts, {
    conventions: PROTOCOLS.glm,
    maxBatchTokens: 100,
  });
  // " a" and " b": the space is in neither text, "a" thrice and "b" once.
  const [a, b] = scored!.answers.map(({ score }) => score);
  expect(a! - b!).toBeCloseTo(Math.log(4 / 2), 12);
  expect(scored!.answers.map(({ tokens }) => tokens)).toEqual([
    [" ", "a"],
    [" ", "b"],
  ]);
});

it("loaded models and readers match their types", () => {
  expectTypeOf<Model<Line>["reader"]>().toEqualTypeOf<Reader<Line>>();
  expectTypeOf<Model<Line>["engine"]>().toEqualTypeOf<Engine<Line>>();
  expectTypeOf<Awaited<ReturnType<typeof loadReader>>>().toExtend<Reader>();
  expectTypeOf<{ reader: typeof reader; engine: typeof engine }>().toExtend<
    Parameters<typeof scoreTexts<Line>>[0]
  >();
});
