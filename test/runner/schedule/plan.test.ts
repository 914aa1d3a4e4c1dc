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

  it("limits rows where asked", () => {
    for (const batch of plan(new Array(50).fill(10), { maxBatchTokens: 1000, maxRows: 4 }, ROWS))
      expect(batch.length).toBeLessThanOrEqual(4);
  });
});
