/** One JSON object of a data file. */
export interface Row {
  readonly file: string;
  /** from 1 */
  readonly line: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** An example as its reader makes it: the label is still a column among the fields. */
export interface ReadExample {
  readonly id: string;
  readonly line: number;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly gold?: readonly string[];
  readonly group?: string;
  readonly cluster?: string;
}

/** Turns the rows of a data file into examples. */
export interface Reader {
  /** the columns that templates may name, where they do not depend on the file */
  readonly columns?: readonly string[];
  /** @throws GlmEvalError("data") naming file and line */
  read(rows: AsyncIterable<Row>): AsyncIterable<ReadExample>;
}
