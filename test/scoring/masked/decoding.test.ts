import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Decoding,
  decode,
  type Reading,
  type TokenScore,
} from "../../../src/scoring/masked/decoding.js";

const M = 0;
const DECODINGS: readonly Decoding[] = ["default", "ltr", "parallel", "pll", "pll-word"];
/** Tokens from 100 start a word. */
const tokens = { mask: M, beginsWord: (id: number) => id >= 100 };

/** Runs a decoding's steps with a table as the model; returns the readings of each step and the scores. */
function follow(
  decoding: Decoding,
  answer: readonly number[],
  model: (reading: Reading, slot: number) => number,
) {
  const steps = decode(decoding, answer, tokens);
  const readings: (readonly Reading[])[] = [];
  let step = steps.next();
  while (!step.done) {
    readings.push(step.value);
    const heard = step.value.map((reading) =>
      reading.slots.map((slot): TokenScore => ({ logProb: model(reading, slot), isGreedy: slot === 0 })),
    );
    step = steps.next(heard);
  }
  return { readings, scores: step.value };
}

describe("decode", () => {
  it("default: scores the most probable token first, then reads again with it filled in", () => {
    const { readings, scores } = follow("default", [7, 8, 9], ({ blank }, slot) => {
      if (blank.every((id) => id === M)) return [-3, -1, -2][slot]!;
      return blank[0] === M && blank[2] === M ? [-0.5, 0, -0.6][slot]! : -0.25;
    });
    expect(readings).toEqual([
      [{ blank: [M, M, M], slots: [0, 1, 2] }],
      [{ blank: [M, 8, M], slots: [0, 2] }],
      [{ blank: [7, 8, M], slots: [2] }],
    ]);
    expect(scores.map(({ logProb }) => logProb)).toEqual([-0.5, -1, -0.25]);
    expect(scores.map(({ isGreedy }) => isGreedy)).toEqual([true, false, false]);
  });

  it("default: takes the first of several equal tokens", () => {
    const { readings } = follow("default", [7, 8], () => -1);
    expect(readings[1]).toEqual([{ blank: [7, M], slots: [1] }]);
  });

  it.each<[Decoding, Reading[]]>([
    ["parallel", [{ blank: [M, M, M, M], slots: [0, 1, 2, 3] }]],
    [
      "ltr",
      [
        { blank: [M, M, M, M], slots: [0] },
        { blank: [7, M, M, M], slots: [1] },
        { blank: [7, 8, M, M], slots: [2] },
        { blank: [7, 8, 100, M], slots: [3] },
      ],
    ],
    [
      "pll",
      [
        { blank: [M, 8, 100, 9], slots: [0] },
        { blank: [7, M, 100, 9], slots: [1] },
        { blank: [7, 8, M, 9], slots: [2] },
        { blank: [7, 8, 100, M], slots: [3] },
      ],
    ],
    [
      "pll-word",
      [
        { blank: [M, M, 100, 9], slots: [0] },
        { blank: [7, M, 100, 9], slots: [1] },
        { blank: [7, 8, M, M], slots: [2] },
        { blank: [7, 8, 100, M], slots: [3] },
      ],
    ],
  ])("%s: needs these readings, all in one step", (decoding, expected) => {
    const { readings, scores } = follow(decoding, [7, 8, 100, 9], (_, slot) => -slot);
    expect(readings).toEqual([expected]);
    expect(scores.map(({ logProb }) => logProb)).toEqual([-0, -1, -2, -3]);
  });

  it("reads just one mask for a single-token answer, whatever the decoding", () => {
    for (const decoding of DECODINGS)
      expect(follow(decoding, [7], () => -1).readings).toEqual([[{ blank: [M], slots: [0] }]]);
  });

  it("scores every token once, while it is masked, and never shows a wrong token", () => {
    const answers = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(
        answers,
        fc.constantFrom(...DECODINGS),
        fc.infiniteStream(fc.double({ max: 0, noNaN: true })),
        (answer, decoding, numbers) => {
          const asked = new Map<number, number>();
          const { readings, scores } = follow(decoding, answer, (_, slot) => {
            const logProb = numbers.next().value as number;
            asked.set(slot, logProb);
            return logProb;
          });
          for (const { blank, slots } of readings.flat()) {
            for (const slot of slots) expect(blank[slot]).toBe(M);
            blank.forEach((id, k) => {
              expect([M, answer[k]]).toContain(id);
            });
          }
          expect(scores.map(({ logProb }) => logProb)).toEqual(answer.map((_, slot) => asked.get(slot)));
        },
      ),
    );
  });
});
