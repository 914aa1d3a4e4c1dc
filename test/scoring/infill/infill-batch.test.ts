import { describe, expect, it } from "vitest";
import {
  countTokens,
  distributeScores,
  type InfillQuestion,
  layOut,
} from "../../../src/scoring/infill/infill-batch.js";

// The GPT-2 ids of the reference's worked tables (glm.md §3): E 50256, S 50257, P 50258, C 50259, M 50260.
const [E, S, P, C, M] = [50256, 50257, 50258, 50259, 50260] as const;
const special = { cls: C, eos: E, pad: E, mask: M, sop: S, eop: P };

function question(context: number[], answers: number[][]): InfillQuestion {
  return {
    id: "q",
    context,
    blank: context.indexOf(M),
    answers,
    cut: 0,
  };
}

describe("layOut", () => {
  it("lays out one answer like the reference's table of multi-token scoring", () => {
    const batch = layOut([[question([C, 11, M, 12, 13, E], [[21, 22]])]], special);
    expect([...batch.inputIds]).toEqual([C, 11, M, 12, 13, E, S, 21, 22]);
    expect([...batch.positionIds]).toEqual([0, 1, 2, 3, 4, 5, 2, 2, 2]);
    expect([...batch.blockPositionIds]).toEqual([0, 0, 0, 0, 0, 0, 1, 2, 3]);
    expect([...batch.targetRows]).toEqual([6, 7, 8]);
    expect([...batch.pickRows]).toEqual([0, 1, 2]);
    expect([...batch.pickIds]).toEqual([21, 22, P]);
  });

  it("shares the context and the start of piece between answers, and predicts all first tokens from one position", () => {
    const batch = layOut([[question([C, 11, M, E], [[15, 16], [17]])]], special);
    expect([...batch.inputIds]).toEqual([C, 11, M, E, S, 15, 16, 17]);
    expect([...batch.blockPositionIds]).toEqual([0, 0, 0, 0, 1, 2, 3, 2]);
    expect([...batch.answer]).toEqual([0, 0, 0, 0, 0, 1, 1, 2]);
    expect([...batch.targetRows]).toEqual([4, 5, 6, 7]);
    expect([...batch.pickRows]).toEqual([0, 1, 2, 0, 3]);
    expect([...batch.pickIds]).toEqual([15, 16, P, 17, P]);
  });

  it("packs questions in a row with separate positions, and pads with no question", () => {
    const a = question([C, M, E], [[21]]);
    const b = question([C, 14, M, E], [[22]]);
    const batch = layOut([[a, b], [b]], special);
    expect(batch.length).toBe(countTokens(a) + countTokens(b));
    expect([...batch.question]).toEqual([
      0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1, -1,
    ]);
    expect([...batch.positionIds.subarray(5, 11)]).toEqual([0, 1, 2, 3, 2, 2]);
    expect([...batch.targetRows.subarray(4)]).toEqual([15, 16]);
  });
});

describe("distributeScores", () => {
  it("gives every answer its picks, in order", () => {
    const rows = [[question([C, M, E], [[21], [22, 23]])], [question([M], [[24]])]];
    const logProbs = Float32Array.from([-1, -2, -3, -4, -5, -6, -7]);
    const scores = distributeScores(rows, { eop: 99 }, logProbs, Uint8Array.from([1, 0, 0, 1, 0, 0, 1]));
    expect(scores[0]![0]).toEqual([
      {
        tokenIds: [21],
        tokenLogProbs: [-1],
        isGreedy: [true],
        closing: { tokenIds: [99], logProbs: [-2], isGreedy: [false] },
      },
      {
        tokenIds: [22, 23],
        tokenLogProbs: [-3, -4],
        isGreedy: [false, true],
        closing: { tokenIds: [99], logProbs: [-5], isGreedy: [false] },
      },
    ]);
    expect(scores[1]![0]![0]).toMatchObject({
      tokenLogProbs: [-6],
      closing: { tokenIds: [99], logProbs: [-7], isGreedy: [true] },
    });
  });
});
