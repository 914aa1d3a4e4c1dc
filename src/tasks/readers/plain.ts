import type { DataRow, ExampleReader } from "./example-reader.js";

/** An example's "idx" where that is a number or a text, else its number in the file. */
export function ownId({ idx }: DataRow["fields"], number: number): string {
  return typeof idx === "number" || typeof idx === "string" ? String(idx) : String(number);
}

/**
 * One example a row, its fields the columns. An example is known by its "idx" where that is a number or a text, else
 * by its place in the file, from 0.
 */
export const plain: ExampleReader = {
  async *read(rows) {
    let number = 0;
    for await (const { row, fields } of rows) {
      yield { id: ownId(fields, number), row, fields };
      number++;
    }
  },
};
