import { expect, it } from "vitest";
import { findWordWarnings } from "../../../src/runner/score/check-words.js";
import type { PreparedTask } from "../../../src/runner/score/prepare-tasks.js";

/** A vocabulary of one token per character; characters that are not ASCII are unknown. */
const reader = {
  unknown: 0,
  encode: (text: string) => [...text.trim()].map((one) => (one < "\u0080" ? one.charCodeAt(0) : 0)),
  token: (id: number) => (id === 0 ? "[UNK]" : String.fromCharCode(id)),
};

const prepared = (answerKind: "words" | "texts", words: Record<string, string>): PreparedTask =>
  ({
    status: "ready",
    task: { name: "mood" },
    dataset: { examples: [{ id: "0", fields: {} }] },
    patterns: [
      {
        id: "p0",
        position: { file: "mood.yaml", line: 9 },
        question: () => ({
          id: "mood/p0/0",
          answerKind,
          clozes: [{ answers: Object.entries(words).map(([label, text]) => ({ label, text })) }],
        }),
      },
    ],
  }) as unknown as PreparedTask;

it("a run warns about labels that the model cannot distinguish, and words that it cannot encode", () => {
  expect(findWordWarnings([prepared("words", { sad: "坏", glad: "好" })], reader)).toEqual([
    'mood, pattern p0: the answer "坏" has characters that are not in the vocabulary: [UNK]',
    'mood, pattern p0: the answer "好" has characters that are not in the vocabulary: [UNK]',
    'mood, pattern p0: "坏" (sad) and "好" (glad) are the same to this model: [UNK]',
  ]);
});

it("a run does not report mere advice, answers from the data, or tasks that do not run", () => {
  expect(findWordWarnings([prepared("words", { sad: "falsehood", glad: "falsely" })], reader)).toEqual([]);
  expect(findWordWarnings([prepared("texts", { "0": "坏", "1": "好" })], reader)).toEqual([]);
  const missing = { task: { name: "mood" }, status: "missing", message: "" } as unknown as PreparedTask;
  expect(findWordWarnings([missing], reader)).toEqual([]);
});
