import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plan } from "../../../src/runner/index.js";
import { getRowCost } from "../../../src/runner/schedule/plan.js";

const ATTENTION = 4608; // GLM-base: 6 × 768
const costOf = (lengths: readonly number[], batches: readonly (readonly (readonly number[])[])[]): number =>
  batches.reduce((sum, rows) => {
    const width = Math.max(...rows.map((row) => row.reduce((of, item) => of + lengths[item]!, 0)));
    return sum + rows.length * getRowCost(width, ATTENTION) + 16;
  }, 0);

describe("packing by cost", () => {
  it("puts many short questions into narrow rows of their own, not into the long one's width", () => {
    const lengths = [400, ...new Array<number>(100).fill(40)];
    const [first, second] = plan(
      lengths,
      { maxBatchTokens: 1024 },
      { packs: true, attentionWidth: ATTENTION },
    );
    expect(first).toEqual([[0]]);
    expect(second!.every((row) => row.length === 1)).toBe(true);
    expect(second).toHaveLength(25);
  });

  it("fills the end of a long row, and keeps a few short ones with the long ones where a pass would cost more", () => {
    expect(
      plan([400, 390, 10], { maxBatchTokens: 1024 }, { packs: true, attentionWidth: ATTENTION }),
    ).toEqual([[[0], [1, 2]]]);
    expect(plan([30, 20], { maxBatchTokens: 1024 }, { packs: true, attentionWidth: ATTENTION })).toEqual([
      [[0], [1]],
    ]);
  });

  it("is hardly ever dearer than packing whatever fits, on lengths of any spread", () => {
    const lengths = fc.array(fc.integer({ min: 5, max: 500 }), { minLength: 50, maxLength: 400 });
    fc.assert(
      fc.property(lengths, (items) => {
        const byCost = costOf(
          items,
          plan(items, { maxBatchTokens: 1024 }, { packs: true, attentionWidth: ATTENTION }),
        );
        const byRule = costOf(items, plan(items, { maxBatchTokens: 1024 }, { packs: true }));
        expect(byCost).toBeLessThanOrEqual(1.02 * byRule);
      }),
    );
  });

  it("places every item once, whatever attention costs", () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 200 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 5000 }), (items, attentionWidth) => {
        const placed = plan(items, { maxBatchTokens: 700 }, { packs: true, attentionWidth }).flat(2);
        expect(placed.sort((a, b) => a - b)).toEqual(items.map((_, k) => k));
      }),
    );
  });
});
