import { describe, expect, it } from "vitest";
import { decide } from "../../../src/runner/judge/decide.js";
import type { AnswerScore } from "../../../src/scoring/index.js";

/** Makes an answer of one token with this probability. */
function answer(p: number): AnswerScore {
  return {
    tokenIds: [1],
    tokenLogProbs: [Math.log(p)],
    isGreedy: [false],
    closing: { tokenIds: [], logProbs: [], isGreedy: [] },
  };
}
const answers = (...p: number[]) => p.map(answer);
const rule = { endOfPiece: false, normalization: "sum", aggregate: "mean" } as const;
const yesNo = {
  answers: [
    { text: " No", label: "False" },
    { text: " Yes", label: "True" },
  ],
};
const labels = ["False", "True"];

describe("pmi", () => {
  it("compares each answer with itself after the premise: log p(y | x) − log p(y | premise)", () => {
    // 0.3 / 0.6 = 0.5 against 0.2 / 0.1 = 2.
    const options = { decision: "best", labels, rule } as const;
    const asked = answers(0.3, 0.2);
    expect(decide(yesNo, asked, options).predicted).toBe("False");
    const pmi = decide(yesNo, asked, {
      ...options,
      calibratedBy: { kind: "pmi", premise: answers(0.6, 0.1) },
    });
    expect(pmi.predicted).toBe("True");
    expect(pmi.labelScores).toEqual([
      { label: "False", score: expect.closeTo(Math.log(0.5), 12) },
      { label: "True", score: expect.closeTo(Math.log(2), 12) },
    ]);
    // The answers' own scores stay as the model computed them.
    expect(pmi.scores).toEqual([Math.log(0.3), Math.log(0.2)]);
  });

  it("is applied to each word, before a label's words are aggregated", () => {
    const question = {
      answers: [
        { text: " bad", label: "neg" },
        { text: " good", label: "pos" },
        { text: " great", label: "pos" },
      ],
    };
    // neg: 0.2 / 0.1 = 2; pos: the mean of log(0.4 / 0.4) and log(0.1 / 0.01), log √10 = 1.151 > log 2 = 0.693.
    const decided = decide(question, answers(0.2, 0.4, 0.1), {
      decision: "best",
      labels: ["neg", "pos"],
      rule,
      calibratedBy: { kind: "pmi", premise: answers(0.1, 0.4, 0.01) },
    });
    expect(decided.labelScores).toEqual([
      { label: "neg", score: expect.closeTo(Math.log(2), 12) },
      { label: "pos", score: expect.closeTo(Math.log(Math.sqrt(10)), 12) },
    ]);
    expect(decided.predicted).toBe("pos");
  });

  it("also decides between candidates that do not map to labels", () => {
    const free = { answers: [{ text: " Ada" }, { text: " Bob" }] };
    const options = { decision: "best", labels: [], rule } as const;
    const premise = answers(0.5, 0.01);
    expect(decide(free, answers(0.3, 0.1), options).predicted).toBe("Ada");
    expect(
      decide(free, answers(0.3, 0.1), { ...options, calibratedBy: { kind: "pmi", premise } }).predicted,
    ).toBe("Bob");
    const first = { ...options, decision: "first", labels } as const;
    expect(
      decide(free, answers(0.3, 0.1), { ...first, calibratedBy: { kind: "pmi", premise } }).predicted,
    ).toBe("False");
  });

  it("divides by tokens or characters before it compares", () => {
    const question = { answers: [{ text: " ab" }, { text: " abcd" }] };
    const decided = decide(question, answers(Math.exp(-2), Math.exp(-4)), {
      decision: "best",
      labels: [],
      rule: { ...rule, normalization: "chars" },
      calibratedBy: { kind: "pmi", premise: answers(Math.exp(-1), Math.exp(-4)) },
    });
    // −2/2 + 1/2 = −0.5 against −4/4 + 4/4 = 0.
    expect(decided.predicted).toBe("abcd");
    expect(decided.scores).toEqual([-1, -1]);
  });
});

describe("contextual", () => {
  it("divides each label's probability by its mean over the content-free inputs", () => {
    // Content-free: (0.6, 0.2) is (0.75, 0.25) of both, (0.1, 0.1) is (0.5, 0.5): mean (0.625, 0.375).
    const contentFree = [answers(0.6, 0.2), answers(0.1, 0.1)];
    const decided = decide(yesNo, answers(0.3, 0.2), {
      decision: "best",
      labels,
      rule,
      calibratedBy: { kind: "contextual", contentFree },
    });
    expect(decided.labelScores).toEqual([
      { label: "False", score: expect.closeTo(Math.log(0.3 / 0.625), 12) },
      { label: "True", score: expect.closeTo(Math.log(0.2 / 0.375), 12) },
    ]);
    // 0.48 against 0.533.
    expect(decided.predicted).toBe("True");
  });

  it("changes nothing if the content-free inputs prefer no label", () => {
    const even = { kind: "contextual", contentFree: [answers(0.1, 0.1), answers(0.3, 0.3)] } as const;
    const options = { decision: "best", labels, rule } as const;
    for (const p of [
      [0.3, 0.2],
      [0.2, 0.3],
    ])
      expect(decide(yesNo, answers(...p), { ...options, calibratedBy: even }).predicted).toBe(
        decide(yesNo, answers(...p), options).predicted,
      );
  });

  it("is applied before the prior of the labels", () => {
    const decided = decide(yesNo, answers(0.3, 0.2), {
      decision: "best",
      labels,
      prior: [0.9, 0.1],
      rule,
      calibratedBy: { kind: "contextual", contentFree: [answers(0.6, 0.2)] },
    });
    // 0.3 / 0.75 · 0.9 against 0.2 / 0.25 · 0.1.
    expect(decided.labelScores).toEqual([
      { label: "False", score: expect.closeTo(Math.log(0.36), 12) },
      { label: "True", score: expect.closeTo(Math.log(0.08), 12) },
    ]);
  });
});
