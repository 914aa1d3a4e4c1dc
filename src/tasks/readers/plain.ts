import type { Reader } from "./types.js";

/**
 * One example a row, its fields the columns. An example is known by its "idx" where that is a number or a text, else
 * by its place in the file, from 0.
 */
export const plain: Reader = {
  async *read(rows) {
    let number = 0;
    for await (const { place, fields } of rows) {
      const { idx } = fields;
      const id = typeof idx === "number" || typeof idx === "string" ? String(idx) : String(number);
      number++;
      yield { id, place, fields };
    }
  },
};
