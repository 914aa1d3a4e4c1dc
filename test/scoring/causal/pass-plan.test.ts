import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layOut } from "../../../src/scoring/causal/causal-pass.js";
import { type PassSize, planWork, splitPasses } from "../../../src/scoring/causal/pass-plan.js";
import { type Continuation, share } from "../../../src/scoring/causal/rows.js";
import { PASS_COST } from "../../../src/scoring/passes.js";

const continuation = (...ids: number[]): Continuation => ({ ids, logProbs: [], isGreedy: [] });

describe("share", () => {
  it("needs only the context for single-token continuations", () => {
    const [a, b] = [continuation(7), continuation(8)];
    expect(share([1, 2, 3], [a, b])).toEqual({
      shared: {
        after: 0,
        ids: [1, 2, 3],
        asks: [
          { column: 2, of: a, number: 0 },
          { column: 2, of: b, number: 0 },
        ],
      },
      rests: [],
    });
  });

  it("makes one row of a single continuation, whose last token is only predicted", () => {
    const only = continuation(7, 8, 9);
    expect(share([1, 2], [only])).toEqual({
      shared: {
        after: 0,
        ids: [1, 2, 7, 8],
        asks: [
          { column: 1, of: only, number: 0 },
          { column: 2, of: only, number: 1 },
          { column: 3, of: only, number: 2 },
        ],
      },
      rests: [],
    });
  });

  it("computes the common first tokens once, then the rest of each continuation", () => {
    const [a, b, c] = [continuation(7, 8, 9), continuation(7, 5, 6, 4), continuation(7, 2)];
    const { shared, rests } = share([1], [a, b, c]);
    expect(shared.ids).toEqual([1, 7]);
    expect(shared.asks.map(({ column, number }) => [column, number])).toEqual([
      [0, 0],
      [1, 1],
      [0, 0],
      [1, 1],
      [0, 0],
      [1, 1],
    ]);
    expect(rests).toEqual([
      { after: 2, ids: [8], asks: [{ column: 0, of: a, number: 2 }] },
      {
        after: 2,
        ids: [5, 6],
        asks: [
          { column: 0, of: b, number: 2 },
          { column: 1, of: b, number: 3 },
        ],
      },
    ]);
  });
});

describe("planWork", () => {
  const asked = (context: number, ...lengths: number[]) => ({
    context: Array.from({ length: context }, () => 1),
    continuations: lengths.map((length, k) => continuation(...Array.from({ length }, () => 10 + k))),
  });

  it("computes a context once if that saves more than a second pass costs", () => {
    const [work, ...others] = planWork([asked(PASS_COST + 1, 2, 2)], true);
    expect(others).toEqual([]);
    expect(work!.rests.length).toBe(2);
  });

  it("computes a short context with each of few continuations", () => {
    const works = planWork([asked(PASS_COST, 2, 2)], true);
    expect(works.map(({ shared, rests }) => [shared.ids.length, rests.length])).toEqual([
      [PASS_COST + 1, 0],
      [PASS_COST + 1, 0],
    ]);
  });

  it("counts the savings of the entire batch", () => {
    expect(planWork([asked(PASS_COST, 2, 2), asked(2, 2, 2)], true).length).toBe(2);
    expect(planWork([asked(PASS_COST - 2, 2, 2), asked(2, 2, 2)], true).length).toBe(4);
  });

  it("never recomputes the context if the continuations need nothing else", () => {
    expect(planWork([asked(100, 1, 1, 1)], false).length).toBe(1);
    expect(planWork([asked(100, 2, 2, 2)], false).length).toBe(3);
  });
});

describe("splitPasses", () => {
  const cost = (passes: readonly (readonly number[])[]) =>
    passes.reduce((sum, pass) => sum + PASS_COST + pass.length * Math.max(...pass), 0);
  const split = (lengths: readonly number[], fits: (pass: PassSize) => boolean = () => true) =>
    splitPasses(lengths, (length) => ({ length, rest: 0 }), fits);
  const lengths = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 9 });

  it("keeps all items in order", () => {
    fc.assert(
      fc.property(lengths, (list) => {
        expect(split(list).flat()).toEqual(list);
      }),
    );
  });

  it("finds the cheapest division", () => {
    const divisions = (list: readonly number[]): number[][][] =>
      list.length === 0
        ? [[]]
        : list.flatMap((_, k) => divisions(list.slice(k + 1)).map((rest) => [list.slice(0, k + 1), ...rest]));
    fc.assert(
      fc.property(lengths, (list) => {
        expect(cost(split(list))).toBe(Math.min(...divisions(list).map(cost)));
      }),
      { numRuns: 50 },
    );
  });

  it("makes no pass of several items that does not fit, and reports a pass's size", () => {
    const items = [
      [4, 9],
      [5, 1],
      [4, 2],
      [300, 1],
    ] as const;
    const seen: PassSize[] = [];
    const passes = splitPasses(
      items,
      ([length, rest]) => ({ length, rest }),
      (pass) => {
        seen.push(pass);
        return pass.rows <= 2 && pass.longest < 200;
      },
    );
    expect(passes.every((pass) => pass.length === 1 || (pass.length === 2 && pass[1]![0] < 200))).toBe(true);
    expect(seen).toContainEqual({ rows: 2, shortest: 4, longest: 5, rest: 9 });
  });
});

describe("layOut", () => {
  const numbers = (tensor: { data: ArrayLike<number | bigint> } | undefined) =>
    Array.from(tensor!.data, Number);

  it("pads rows on the right and reads each requested position once", () => {
    const [a, b, c] = [continuation(7), continuation(8), continuation(9, 6)];
    const first = share([1, 2], [a, b]).shared;
    const second = share([3, 4, 5], [c]).shared;
    const { feeds, asks } = layOut([first, second], 0);
    expect(feeds.input_ids!.dims).toEqual([2, 4]);
    expect(numbers(feeds.input_ids)).toEqual([1, 2, 0, 0, 3, 4, 5, 9]);
    expect(numbers(feeds.attention_mask)).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
    expect(numbers(feeds.position_ids)).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
    expect(numbers(feeds.target_rows)).toEqual([1, 6, 7]);
    expect(numbers(feeds.pick_rows)).toEqual([0, 0, 1, 2]);
    expect(numbers(feeds.pick_ids)).toEqual([7, 8, 9, 6]);
    expect(asks.map(({ of }) => of)).toEqual([a, b, c, c]);
  });

  it("excludes the padding of an earlier pass from masks and positions", () => {
    const row = (after: number, ...ids: number[]) => ({ after, ids, asks: [] });
    const { feeds } = layOut([row(2, 5, 6), row(4, 7)], 4);
    expect(feeds.attention_mask!.dims).toEqual([2, 6]);
    expect(numbers(feeds.attention_mask)).toEqual([1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]);
    expect(numbers(feeds.position_ids)).toEqual([2, 3, 4, 5]);
    expect(numbers(feeds.input_ids)).toEqual([5, 6, 7, 0]);
  });
});
