import { describe, expect, it } from "vitest";
import { PROTOCOLS } from "../../../src/options/index.js";
import { aggregateScores, chooseScoreRule, scoreAnswer } from "../../../src/runner/judge/conventions.js";
import { decide } from "../../../src/runner/judge/decide.js";
import type { AnswerScore } from "../../../src/scoring/index.js";

function answer(tokenLogProbs: number[], endOfPieceLogProb = -1, greedy = false): AnswerScore {
  return {
    tokenIds: tokenLogProbs.map((_, k) => k),
    tokenLogProbs,
    isGreedy: tokenLogProbs.map(() => greedy),
    closing: { tokenIds: [9], logProbs: [endOfPieceLogProb], isGreedy: [greedy] },
  };
}

function question(answers: { text: string; label?: string }[], answerKind: "words" | "texts") {
  return { answers, answerKind };
}

describe("the score of an answer", () => {
  const two = answer([-1, -2], -4);
  it("is the sum of its token log-probabilities, with or without the end of piece", () => {
    expect(scoreAnswer(two, { endOfPiece: false, normalization: "sum" })).toBe(-3);
    expect(scoreAnswer(two, { endOfPiece: true, normalization: "sum" })).toBe(-7);
  });
  it("can be their mean over the scored tokens", () => {
    expect(scoreAnswer(two, { endOfPiece: false, normalization: "mean" })).toBe(-1.5);
    expect(scoreAnswer(two, { endOfPiece: true, normalization: "mean" })).toBeCloseTo(-7 / 3, 12);
  });
  it("can be divided by the answer's own tokens, characters or bytes, even if the end of piece is scored", () => {
    const of = (normalization: "tokens" | "chars" | "bytes", endOfPiece = false) =>
      scoreAnswer(two, { endOfPiece, normalization }, " naïve 😀");
    expect(of("tokens")).toBe(-1.5);
    expect(of("tokens", true)).toBe(-3.5);
    // "naïve 😀": seven code points, of which ï has two bytes in UTF-8 and the emoji four.
    expect(of("chars")).toBeCloseTo(-3 / 7, 12);
    expect(of("bytes")).toBeCloseTo(-3 / 11, 12);
    expect(of("bytes", true)).toBeCloseTo(-7 / 11, 12);
  });
});

describe("protocols", () => {
  const words = { ...question([{ text: " Yes", label: "1" }], "words"), family: "infill" as const };
  const texts = { ...question([{ text: " Paris" }], "texts"), family: "infill" as const };
  it("glm scores the end of piece for answers from the data, and for words only if one has several tokens", () => {
    expect(chooseScoreRule(PROTOCOLS.glm, words, [answer([-1])]).endOfPiece).toBe(false);
    expect(chooseScoreRule(PROTOCOLS.glm, words, [answer([-1]), answer([-1, -1])]).endOfPiece).toBe(true);
    expect(chooseScoreRule(PROTOCOLS.glm, texts, [answer([-1])]).endOfPiece).toBe(true);
  });
  it("by default, a causal model always scores the text after the blank", () => {
    const causal = { ...words, family: "causal" as const };
    expect(chooseScoreRule(PROTOCOLS.glm, causal, [answer([-1])]).endOfPiece).toBe(true);
    const no = { ...PROTOCOLS.glm, endOfPiece: "no" as const };
    expect(chooseScoreRule(no, causal, [answer([-1])]).endOfPiece).toBe(false);
  });
  it("glm uses the mean if the pattern specifies it, glm-hf always the sum without the end of piece", () => {
    const wsc = { normalization: "mean" as const };
    expect(chooseScoreRule(PROTOCOLS.glm, texts, [], wsc).normalization).toBe("mean");
    expect(chooseScoreRule(PROTOCOLS["glm-hf"], texts, [], wsc)).toEqual({
      endOfPiece: false,
      normalization: "sum",
      aggregate: "mean",
    });
  });
  it("aggregate a label's words by the option, else by the task's rule, else as PET does", () => {
    const task = { aggregate: "sum" as const };
    expect(chooseScoreRule(PROTOCOLS.glm, words, [], task).aggregate).toBe("sum");
    expect(chooseScoreRule({ ...PROTOCOLS.glm, aggregate: "max" }, words, [], task).aggregate).toBe("max");
    expect(chooseScoreRule(PROTOCOLS["glm-hf"], words, []).aggregate).toBe("mean");
  });
});

describe("the score of a label", () => {
  // log 0.5, log 0.2: their sum is log 0.7, their mean log √0.1.
  const words = [Math.log(0.5), Math.log(0.2)];
  it("is the score of its best word, their mean, or the score of any of them", () => {
    expect(aggregateScores(words, "max")).toBe(words[0]);
    expect(aggregateScores(words, "mean")).toBeCloseTo(Math.log(Math.sqrt(0.1)), 12);
    expect(aggregateScores(words, "sum")).toBeCloseTo(Math.log(0.7), 12);
    expect(aggregateScores([-2000, -2000], "sum")).toBeCloseTo(-2000 + Math.log(2), 9);
  });
  it("is exactly the score of its only word", () => {
    for (const aggregate of ["max", "mean", "sum"] as const)
      expect(aggregateScores([-3.7], aggregate)).toBe(-3.7);
  });
  it("determines the prediction", () => {
    const q = question(
      [
        { text: " no", label: "False" },
        { text: " yes", label: "True" },
        { text: " sure", label: "True" },
      ],
      "words",
    );
    const of = (aggregate: "max" | "mean" | "sum") =>
      decide(
        q,
        [0.3, 0.25, 0.2].map((p) => answer([Math.log(p)])),
        {
          decision: "best",
          labels: ["False", "True"],
          rule: { endOfPiece: false, normalization: "sum", aggregate },
        },
      );
    expect(of("max").predicted).toBe("False");
    expect(of("mean").predicted).toBe("False");
    expect(of("sum")).toMatchObject({ predicted: "True", tie: false });
    expect(of("sum").labelScores).toEqual([
      { label: "False", score: expect.closeTo(Math.log(0.3), 12) },
      { label: "True", score: expect.closeTo(Math.log(0.45), 12) },
    ]);
  });
});

describe("decisions", () => {
  const rule = { endOfPiece: false, normalization: "sum", aggregate: "mean" } as const;
  const labels = ["False", "True"];
  it("best: the label of the best answer, or its text", () => {
    const q = question(
      [
        { text: " No", label: "False" },
        { text: " Yes", label: "True" },
      ],
      "words",
    );
    const of = (a: number, b: number) =>
      decide(q, [answer([a]), answer([b])], { decision: "best", labels, rule });
    expect(of(-2, -1)).toMatchObject({ predicted: "True", tie: false, scores: [-2, -1] });
    expect(of(-1, -2).predicted).toBe("False");
    const free = question([{ text: " Ada" }, { text: " Bob" }], "texts");
    const decided = decide(free, [answer([-3]), answer([-1])], { decision: "best", labels: [], rule });
    expect(decided.predicted).toBe("Bob");
  });
  it("best: with a prior, its logarithm is added to the labels' scores", () => {
    const q = question(
      [
        { text: " Yes", label: "True" },
        { text: " No", label: "False" },
      ],
      "words",
    );
    const of = (prior?: number[]) =>
      decide(q, [answer([Math.log(0.6)]), answer([Math.log(0.4)])], {
        decision: "best",
        labels,
        prior,
        rule,
      });
    expect(of().predicted).toBe("True");
    expect(of([0.5, 0.5]).predicted).toBe("True");
    expect(of([0.7, 0.3]).predicted).toBe("False");
    expect(of([0.7, 0.3]).labelScores).toEqual([
      { label: "True", score: expect.closeTo(Math.log(0.18), 12) },
      { label: "False", score: expect.closeTo(Math.log(0.28), 12) },
    ]);
  });
  it("report ties, but only between different predictions", () => {
    const q = question(
      [
        { text: " No", label: "False" },
        { text: " Yes", label: "True" },
      ],
      "words",
    );
    const tied = decide(q, [answer([-1]), answer([-1])], { decision: "best", labels, rule });
    expect(tied).toMatchObject({ predicted: "False", tie: true });
    const same = question(
      [
        { text: " no", label: "False" },
        { text: " No", label: "False" },
      ],
      "words",
    );
    expect(decide(same, [answer([-1]), answer([-1])], { decision: "best", labels, rule }).tie).toBe(false);
  });
  it("first: true if the first candidate is the best", () => {
    const q = question([{ text: " Ada" }, { text: " Bob" }, { text: " Cy" }], "texts");
    const of = (...s: number[]) =>
      decide(
        q,
        s.map((x) => answer([x])),
        { decision: "first", labels, rule },
      );
    expect(of(-1, -2, -3).predicted).toBe("True");
    expect(of(-2, -1, -3).predicted).toBe("False");
    expect(of(-3, -1, -1)).toMatchObject({ predicted: "False", tie: false });
    expect(of(-1, -1, -3)).toMatchObject({ predicted: "True", tie: true });
  });
  it("greedy: true if every token and the end of piece are arg maxes", () => {
    const q = question([{ text: " Ada" }], "texts");
    const of = (a: AnswerScore) => decide(q, [a], { decision: "greedy", labels, rule }).predicted;
    expect(of(answer([-1, -2], -1, true))).toBe("True");
    expect(of({ ...answer([-1], -1, true), closing: answer([], -1, false).closing })).toBe("False");
    expect(of({ ...answer([-1, -1], -1, true), isGreedy: [true, false] })).toBe("False");
  });
});
