import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plan } from "../../../src/runner/index.js";

const ROWS = { packs: true };
const lengths = fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 200 });

describe("plan", () => {
  it("puts every item into exactly one row", () => {
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 2000 }), (items, maxBatchTokens) => {
        const placed = plan(items, { maxBatchTokens }, ROWS)
          .flat(2)
          .sort((a, b) => a - b);
        expect(placed).toEqual(items.map((_, k) => k));
      }),
    );
  });

  it("keeps batches within their tokens, but for a single item that is longer", () => {
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 2000 }), (items, maxBatchTokens) => {
        for (const batch of plan(items, { maxBatchTokens }, ROWS)) {
          const widths = batch.map((row) => row.reduce((sum, item) => sum + items[item]!, 0));
          const padded = Math.max(...widths) * batch.length;
          if (padded > maxBatchTokens) expect(batch.length).toBe(1);
        }
      }),
    );
  });

  it("gives each batch the width of its longest item, longest batches first", () => {
    fc.assert(
      fc.property(lengths, fc.integer({ min: 300, max: 2000 }), (items, maxBatchTokens) => {
        const widths = plan(items, { maxBatchTokens }, ROWS).map((batch) => {
          const widest = Math.max(...batch.map((row) => row.reduce((sum, item) => sum + items[item]!, 0)));
          expect(widest).toBe(Math.max(...batch.flat().map((item) => items[item]!)));
          return widest;
        });
        expect(widths).toEqual([...widths].sort((a, b) => b - a));
      }),
    );
  });

  it("wastes little: under 3 % of tokens are padding on lengths like a real task's", () => {
    let state = 7;
    const random = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    const items = Array.from({ length: 2000 }, () => 40 + Math.floor(random() ** 2 * 400));
    let tokens = 0;
    let padded = 0;
    for (const batch of plan(items, { maxBatchTokens: 1024 }, ROWS)) {
      const widths = batch.map((row) => row.reduce((sum, item) => sum + items[item]!, 0));
      tokens += widths.reduce((a, b) => a + b, 0);
      padded += Math.max(...widths) * batch.length;
    }
    expect(1 - tokens / padded).toBeLessThan(0.03);
  });

  it("takes items of equal length in their order: along a row, from row to row and from batch to batch", () => {
    // No attention width: a row is never too wide for the items that fill it.
    const rows = plan([5, 5, 5, 5, 5, 5, 5], { maxBatchTokens: 10 }, { packs: false });
    expect(rows).toEqual([[[0], [1]], [[2], [3]], [[4], [5]], [[6]]]);
    const packed = plan([2, 9, 2, 4, 2, 4, 2], { maxBatchTokens: 18 }, ROWS);
    expect(packed).toEqual([
      [[1], [3, 5]],
      [[0], [2], [4], [6]],
    ]);
  });

  it("takes them in their order too after a row was given back", () => {
    // Rows of short items cost more beside the wide one than by themselves: they are filled, given back and filled again.
    const lengths = [50, 3, 50, 3, 3, 3];
    const narrow = plan(lengths, { maxBatchTokens: 1000 }, { packs: true, attentionWidth: 1 });
    expect(narrow[0]).toEqual([[0], [2]]);
    expect(narrow.slice(1).flat(2)).toEqual([1, 3, 4, 5]);
  });

  it("limits rows where asked", () => {
    for (const batch of plan(new Array(50).fill(10), { maxBatchTokens: 1000, maxRows: 4 }, ROWS))
      expect(batch.length).toBeLessThanOrEqual(4);
  });
});
