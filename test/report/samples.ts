import { LAYOUT } from "../../src/report/submission/layout.js";
import type { Sample, SampleAnswer } from "../../src/results/index.js";

export function answer(text: string, score: number, label?: string): SampleAnswer {
  return {
    answer: text,
    ...(label !== undefined && { label }),
    score,
    tokenIds: [7],
    tokens: ["x"],
    tokenLogProbs: [score],
    closing: { tokenIds: [], logProbs: [], isGreedy: [] },
  };
}

export function sample(id: string, predicted: string, more: Partial<Sample> = {}): Sample {
  return {
    model: "glm-tiny",
    id,
    pattern: "p0",
    text: "It was [MASK].",
    answers: [],
    predicted,
    tie: false,
    cut: 0,
    ...more,
  };
}

/** Makes a prediction for every example of the official test sets, with the ids that our readers assign. */
export function testSplit(more: Partial<Sample> = {}): Map<string, Sample[]> {
  return new Map(
    LAYOUT.map(({ task, labels, predictions }) => {
      const known = labels === undefined ? ["Bob “B.” Smith"] : Object.keys(labels);
      const samples = Array.from({ length: predictions }, (_, k) => {
        // 60 options per passage, 5 per question; options are numbered through the file, as in the official one.
        const id = task === "multirc" ? `${Math.floor(k / 60)}-${Math.floor(k / 5)}-${k}` : String(k);
        return sample(id, known[k % known.length]!, more);
      });
      return [task, samples];
    }),
  );
}
