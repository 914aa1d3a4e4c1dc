import type { Reader } from "./types.js";

/**
 * One JSON object a line, its keys the columns. An example is known by its "idx" where that is a number or a text,
 * else by its place in the file, from 0.
 */
export const jsonl: Reader = {
  async *read(rows) {
    let place = 0;
    for await (const { line, fields } of rows) {
      const { idx } = fields;
      const id = typeof idx === "number" || typeof idx === "string" ? String(idx) : String(place);
      place++;
      yield { id, line, fields };
    }
  },
};
