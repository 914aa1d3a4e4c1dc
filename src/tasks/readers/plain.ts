import type { DataRow, ExampleReader } from "./example-reader.js";

/** Returns an example's "idx" if that is a number or a string, otherwise its number in the file. */
export function getRowId({ idx }: DataRow["fields"], number: number): string {
  return typeof idx === "number" || typeof idx === "string" ? String(idx) : String(number);
}

/**
 * One example per row; its fields are the columns. An example's id is its "idx" if that is a number or a string, otherwise its
 * index in the file, from 0.
 */
export const plain: ExampleReader = {
  async *read(rows) {
    let number = 0;
    for await (const { row, fields } of rows) {
      yield { id: getRowId(fields, number), row, fields };
      number++;
    }
  },
};
