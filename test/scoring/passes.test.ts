import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { passes } from "../../src/scoring/passes.js";

describe("passes", () => {
  it("fills each pass up to its token limit, including padding, longest rows first", () => {
    expect(passes([4, 4, 4, 5, 1, 9, 2], 8)).toEqual([[5], [3], [0, 1], [2, 6], [4]]);
    expect(passes([1, 2, 3], 9)).toEqual([[2, 1, 0]]);
    expect(passes([], 8)).toEqual([]);
  });

  it("separates rows of different lengths if they cannot be padded", () => {
    expect(passes([2, 3, 2, 3, 1], 9, false)).toEqual([[1, 3], [0, 2], [4]]);
  });

  it("includes every row once, and exceeds the token limit only for a single row", () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 30 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 100 }), fc.boolean(), (rows, maxBatchTokens, pads) => {
        const found = passes(rows, maxBatchTokens, pads);
        expect(found.flat().sort((a, b) => a - b)).toEqual(rows.map((_, row) => row));
        for (const pass of found) {
          const widths = pass.map((row) => rows[row]!);
          expect(pass.length === 1 || pass.length * Math.max(...widths) <= maxBatchTokens).toBe(true);
          expect(pads || new Set(widths).size === 1).toBe(true);
        }
      }),
    );
  });
});
