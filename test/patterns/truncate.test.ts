import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PartLength, truncate } from "../../src/patterns/index.js";

const cut = (length: number, segment: 0 | 1 = 0): PartLength => ({ length, shortenable: true, segment });
const kept = (length: number, segment: 0 | 1 = 0): PartLength => ({ length, shortenable: false, segment });

describe("glm", () => {
  it("truncates the last shortenable part first, to nothing, if all are in segment A", () => {
    // BoolQ p0: passage, "Question:", question, "? Answer:", blank, "."
    const parts = [cut(6), kept(2), cut(3), kept(3), kept(1), kept(1)];
    expect(truncate(parts, 2, "glm")).toEqual([6, 2, 1, 3, 1, 1]);
    expect(truncate(parts, 5, "glm")).toEqual([4, 2, 0, 3, 1, 1]);
    expect(truncate(parts, 9, "glm")).toEqual([0, 2, 0, 3, 1, 1]);
    expect(truncate(parts, 10, "glm")).toBeUndefined();
  });

  it("truncates A only while it has strictly more tokens than B", () => {
    const parts = [cut(5), kept(1), cut(4, 1), kept(1, 1)];
    expect(truncate(parts, 1, "glm")).toEqual([4, 1, 4, 1]);
    expect(truncate(parts, 2, "glm")).toEqual([4, 1, 3, 1]);
    expect(truncate(parts, 3, "glm")).toEqual([3, 1, 3, 1]);
    expect(truncate(parts, 9, "glm")).toEqual([0, 1, 0, 1]);
    expect(truncate(parts, 10, "glm")).toBeUndefined();
  });
});

describe("longest", () => {
  it("truncates the longest part first, and the first one on ties", () => {
    const parts = [cut(3), kept(9), cut(5), cut(4, 1)];
    expect(truncate(parts, 1, "longest")).toEqual([3, 9, 4, 4]);
    expect(truncate(parts, 2, "longest")).toEqual([3, 9, 3, 4]);
    expect(truncate(parts, 3, "longest")).toEqual([3, 9, 3, 3]);
    expect(truncate(parts, 4, "longest")).toEqual([2, 9, 3, 3]);
    expect(truncate(parts, 13, "longest")).toBeUndefined();
  });
});

describe("both", () => {
  const part = fc.record({
    length: fc.nat({ max: 30 }),
    shortenable: fc.boolean(),
    segment: fc.constantFrom<0 | 1>(0, 1),
  });
  const rule = fc.constantFrom("glm" as const, "longest" as const);
  const blank = kept(1);

  it("remove exactly the excess, only from shortenable parts, and never the blank", () => {
    fc.assert(
      fc.property(
        fc.array(part),
        fc.nat({ max: 10 }),
        fc.nat({ max: 120 }),
        rule,
        (some, place, excess, by) => {
          const at = Math.min(place, some.length);
          const parts = [...some.slice(0, at), blank, ...some.slice(at)];
          const lengths = truncate(parts, excess, by);
          const room = parts.reduce((sum, p) => sum + (p.shortenable ? p.length : 0), 0);
          if (excess > room) {
            expect(lengths).toBeUndefined();
            return;
          }
          expect(lengths).toHaveLength(parts.length);
          expect(lengths![at]).toBe(1);
          let removed = 0;
          for (const [i, p] of parts.entries()) {
            const taken = p.length - lengths![i]!;
            expect(taken).toBeGreaterThanOrEqual(0);
            if (!p.shortenable) expect(taken).toBe(0);
            removed += taken;
          }
          expect(removed).toBe(excess);
        },
      ),
    );
  });

  it("remove one more token if the excess is one larger", () => {
    fc.assert(
      fc.property(fc.array(part), fc.nat({ max: 60 }), rule, (parts, excess, by) => {
        const less = truncate(parts, excess, by);
        const more = truncate(parts, excess + 1, by);
        if (less === undefined || more === undefined) return;
        const differing = less.filter((length, i) => length !== more[i]);
        expect(differing).toHaveLength(1);
      }),
    );
  });

  it("change nothing if there is no excess", () => {
    expect(truncate([cut(2), kept(1)], 0, "glm")).toEqual([2, 1]);
    expect(truncate([cut(2), kept(1)], -3, "longest")).toEqual([2, 1]);
    expect(truncate([], 0, "glm")).toEqual([]);
    expect(truncate([kept(1)], 1, "glm")).toBeUndefined();
  });
});
