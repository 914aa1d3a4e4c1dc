import type { FilePosition } from "../../findings.js";

/** The number of a row in its file, from 1. */
export interface RowNumber {
  /** lines if an editor can open the file at them, otherwise rows */
  readonly unit: "line" | "row";
  readonly number: number;
}

/** Returns the position of a row in its file, for findings. */
export function getRowPosition(file: string, { unit, number }: RowNumber): FilePosition {
  return { file, [unit]: number };
}

/** One row of a data file: a JSON object, or the fields of a table's row by column. */
export interface DataRow {
  /** its name in messages: a path or a URL */
  readonly file: string;
  readonly row: RowNumber;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** An example as its reader returns it: the label is still a column among the fields. */
export interface ReadExample {
  readonly id: string;
  /** the row that it was made from */
  readonly row: RowNumber;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly gold?: readonly string[];
  readonly group?: string;
  readonly cluster?: string;
}

/** Turns the rows of a data file into examples. */
export interface ExampleReader {
  /** the columns that templates may use, if they do not depend on the file */
  readonly columns?: readonly string[];
  /** @throws FindingError with file and row */
  read(rows: AsyncIterable<DataRow>): AsyncIterable<ReadExample>;
}
