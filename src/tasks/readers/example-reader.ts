import type { Place as FilePlace } from "../../findings.js";

/** Where a row stands in its file, from 1. */
export interface Place {
  /** lines where one can open the file at them, else rows */
  readonly unit: "line" | "row";
  readonly number: number;
}

/** The place of a row in its file, for findings. */
export function rowPlace(file: string, { unit, number }: Place): FilePlace {
  return { file, [unit]: number };
}

/** One row of a data file: a JSON object, or the fields of a table's row by their columns. */
export interface Row {
  /** as messages name it: a path or a URL */
  readonly file: string;
  readonly place: Place;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** An example as its reader makes it: the label is still a column among the fields. */
export interface ReadExample {
  readonly id: string;
  readonly place: Place;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly gold?: readonly string[];
  readonly group?: string;
  readonly cluster?: string;
}

/** Turns the rows of a data file into examples. */
export interface Reader {
  /** the columns that templates may name, where they do not depend on the file */
  readonly columns?: readonly string[];
  /** @throws FindingError naming file and place */
  read(rows: AsyncIterable<Row>): AsyncIterable<ReadExample>;
}
