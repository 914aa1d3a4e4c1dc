import { describe, expect, it } from "vitest";
import type { Decoding, TokenScore } from "../../../src/scoring/masked/decoding.js";
import { maskedFeeds } from "../../../src/scoring/masked/masked-feeds.js";
import type { FramedText } from "../../../src/scoring/masked/masked-reader.js";
import { countWidestStep, type Row, rounds } from "../../../src/scoring/masked/rounds.js";

const [PAD, CLS, SEP, M] = [0, 2, 3, 4] as const;
const tokens = { mask: M, beginsWord: () => true };

const text = (left: number[], right: number[], type = 0): FramedText => ({
  left: { ids: [CLS, ...left], types: [0, ...left.map(() => type)] },
  blankType: type,
  right: { ids: [...right, SEP], types: [...right, SEP].map(() => type) },
});
const question = (answers: number[][], left = [21, 22]) => ({ text: text(left, []), answers });

/** Runs all rounds with a model that returns -slot-1 at each slot. */
function follow(questions: readonly ReturnType<typeof question>[], decoding: Decoding) {
  const steps = rounds(questions, decoding, tokens);
  const seen: (readonly Row[])[] = [];
  let step = steps.next();
  while (!step.done) {
    seen.push(step.value);
    const score = (slot: number): TokenScore => ({ logProb: -slot - 1, isGreedy: slot === 0 });
    step = steps.next(step.value.map(({ picks }) => picks.map(({ slot }) => score(slot))));
  }
  return { blanks: seen.map((rows) => rows.map(({ blank }) => blank)), seen, scores: step.value };
}

describe("rounds", () => {
  it("scores all single-token answers of a question in one row, whatever the decoding", () => {
    for (const decoding of ["default", "ltr", "parallel", "pll", "pll-word"] as const) {
      const { seen } = follow([question([[5], [6], [7]])], decoding);
      expect(seen.length).toBe(1);
      expect(seen[0]!.map(({ blank }) => blank)).toEqual([[M]]);
      expect(seen[0]![0]!.picks).toEqual([5, 6, 7].map((id) => ({ slot: 0, id })));
    }
  });

  it("shares the first reading between answers of one length, and no reading between questions", () => {
    const { blanks } = follow([question([[5, 6], [7, 8], [9]]), question([[5, 6]])], "default");
    expect(blanks[0]).toEqual([[M, M], [M], [M, M]]);
    expect(blanks[1]).toEqual([
      [5, M],
      [7, M],
      [5, M],
    ]);
  });

  it("shares the readings of answers with a common prefix", () => {
    const { blanks } = follow(
      [
        question([
          [5, 6, 7],
          [5, 6, 8],
        ]),
      ],
      "ltr",
    );
    expect(blanks).toEqual([
      [
        [M, M, M],
        [5, M, M],
        [5, 6, M],
      ],
    ]);
  });

  it("gives every answer its own scores, in the order of its tokens", () => {
    const { scores } = follow([question([[5, 6, 7], [8], [9, 5]]), question([[6]])], "default");
    expect(scores.map((answers) => answers.map((list) => list.map(({ logProb }) => logProb)))).toEqual([
      [[-1, -2, -3], [-1], [-1, -2]],
      [[-1]],
    ]);
    expect(scores[0]![0]!.map(({ isGreedy }) => isGreedy)).toEqual([true, false, false]);
  });
});

describe("countWidestStep", () => {
  // [CLS] 21 22 … [SEP] is 4 tokens, so a row takes 7, 7 and 6.
  it.each<[Decoding, number]>([
    ["parallel", 7 + 6],
    ["default", 7 + 7 + 6],
    ["ltr", 5 * 7 + 2 * 6],
    ["pll", 5 * 7 + 2 * 6],
  ])("%s: counts all rows of the step that has most", (decoding, expected) => {
    const answers = [
      [5, 6, 7],
      [8, 6, 7],
      [5, 6],
    ];
    expect(countWidestStep(question(answers), decoding, tokens)).toBe(expected);
  });
});

describe("layOut", () => {
  const rows: Row[] = [
    { text: text([21], [22], 1), blank: [M, 9], picks: [5, 6, 5].map((id) => ({ slot: 0, id })) },
    {
      text: text([], []),
      blank: [M, M],
      picks: [
        { slot: 1, id: 7 },
        { slot: 0, id: 8 },
      ],
    },
  ];
  const feeds = maskedFeeds(rows, { pad: PAD, tokenTypes: true });
  const matrix = (name: string) => {
    const { data, dims } = feeds[name]!;
    const flat = Array.from(data as BigInt64Array, Number);
    return Array.from({ length: dims[0]! }, (_, r) => flat.slice(r * dims[1]!, (r + 1) * dims[1]!));
  };

  it("pads on the right, and marks padding and segment B", () => {
    expect(matrix("input_ids")).toEqual([
      [CLS, 21, M, 9, 22, SEP],
      [CLS, M, M, SEP, PAD, PAD],
    ]);
    expect(matrix("attention_mask")).toEqual([
      [1, 1, 1, 1, 1, 1],
      [1, 1, 1, 1, 0, 0],
    ]);
    expect(matrix("token_type_ids")).toEqual([
      [0, 1, 1, 1, 1, 1],
      [0, 0, 0, 0, 0, 0],
    ]);
  });

  it("gathers every slot once, however many tokens are scored there", () => {
    expect([...feeds.target_rows!.data]).toEqual([2, 8, 7]);
    expect([...feeds.pick_rows!.data]).toEqual([0, 0, 0, 1, 2]);
    expect([...feeds.pick_ids!.data]).toEqual([5, 6, 5, 7, 8]);
  });

  it("gives no token types to a model without them", () => {
    expect(Object.keys(maskedFeeds(rows, { pad: PAD, tokenTypes: false }))).not.toContain("token_type_ids");
  });
});
