import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeDecoderRows } from "../../../src/scoring/seq2seq/decoder-rows.js";

const rowsOf = (answers: number[][], closing: number[]) =>
  makeDecoderRows({ before: [1, 2], answers, closing });

describe("makeDecoderRows", () => {
  it("scores all single-token answers in one row if they have no closing", () => {
    expect(rowsOf([[5], [6], [7]], [])).toEqual([
      {
        ids: [1, 2],
        targets: [
          { at: 2, id: 5, number: 0 },
          { at: 2, id: 6, number: 1 },
          { at: 2, id: 7, number: 2 },
        ],
      },
    ]);
  });

  it("reads an answer that is a prefix of another in that one's row", () => {
    const rows = rowsOf([[5, 6], [5], [5, 6, 7]], [9]);
    expect(rows.map(({ ids }) => ids)).toEqual([[1, 2, 5, 6, 7]]);
    expect(rows[0]!.targets.map(({ at, id }) => [at, id])).toEqual([
      [2, 5],
      [2, 5],
      [2, 5],
      [3, 6],
      [3, 9],
      [3, 6],
      [4, 9],
      [4, 7],
      [5, 9],
    ]);
  });

  it("predicts what follows equal beginnings in one of the rows that shareContext them", () => {
    const rows = rowsOf([[5, 6], [5, 7], [8]], [9]);
    expect(rows.map(({ ids }) => ids)).toEqual([
      [1, 2, 5, 6],
      [1, 2, 5, 7],
      [1, 2, 8],
    ]);
    expect(rows.map(({ targets }) => targets.length)).toEqual([6, 1, 1]);
  });

  it("scores every token of every answer and its closing once, after everything before it", () => {
    const ids = fc.array(fc.integer({ min: 3, max: 5 }), { minLength: 1, maxLength: 4 });
    const closing = fc.array(fc.integer({ min: 3, max: 5 }), { maxLength: 3 });
    fc.assert(
      fc.property(fc.array(ids, { minLength: 1, maxLength: 6 }), closing, (answers, end) => {
        const rows = rowsOf(answers, end);
        const expected = answers.flatMap((answer) => {
          const all = [1, 2, ...answer, ...end];
          return all.slice(2).map((id, k) => ({ read: all.slice(0, 2 + k), id }));
        });
        const found = rows
          .flatMap((row) =>
            row.targets.map(({ at, id, number }) => ({ number, read: row.ids.slice(0, at), id })),
          )
          .sort((a, b) => a.number - b.number);
        expect(found).toEqual(expected.map((ask, number) => ({ number, ...ask })));
        const texts = rows.map((row) => row.ids.join(" "));
        texts.forEach((text, k) => {
          expect(texts.some((other, j) => j !== k && `${other} `.startsWith(`${text} `))).toBe(false);
        });
      }),
    );
  });
});
