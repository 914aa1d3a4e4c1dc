import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { int32List, int64Matrix } from "../../src/scoring/feeds.js";

describe("feeds", () => {
  it("writes every element of an int64 matrix, row by row", () => {
    const value = fc.integer({ min: 0, max: 2 ** 31 - 1 });
    const lists = fc
      .tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 }))
      .chain(([r, c]) =>
        fc.array(fc.array(value, { minLength: c, maxLength: c }), { minLength: r, maxLength: r }),
      );
    fc.assert(
      fc.property(lists, (rows) => {
        const width = rows[0]?.length ?? 0;
        const { type, data, dims } = int64Matrix(rows.length, width, (r, c) => rows[r]![c]!);
        expect(type).toBe("int64");
        expect(dims).toEqual([rows.length, width]);
        expect([...(data as BigInt64Array)]).toEqual(rows.flat().map(BigInt));
      }),
    );
  });

  it("makes an int32 list", () => {
    expect(int32List([3, 1, 2])).toEqual({ type: "int32", data: Int32Array.of(3, 1, 2), dims: [3] });
  });
});
