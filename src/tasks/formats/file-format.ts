import type { Problems } from "../../findings.js";
import type { RowNumber } from "../readers/index.js";

/** A data file on disk. */
export interface DataFile {
  readonly path: string;
  /** its name in messages: its path, or the URL that it was downloaded from */
  readonly name: string;
}

/** How text tables are written. */
export interface TextTableOptions {
  /** the columns' names, if the file's first row does not give them */
  readonly header?: readonly string[] | undefined;
  /** the separator between two fields */
  readonly delimiter?: string | undefined;
  /** what encloses a field that contains delimiters or line ends; "" if nothing does */
  readonly quote?: string | undefined;
}

export interface FormatRow {
  readonly row: RowNumber;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A file format for rows. */
export interface FileFormat {
  /** the extensions of files in this format, in lower case */
  readonly extensions: readonly string[];
  /** whether `TextTableOptions` apply to it */
  readonly isTable: boolean;
  /**
   * Yields the rows that can be read; those that cannot are reported.
   * @throws FindingError if the file cannot be read any further
   */
  rows(file: DataFile, options: TextTableOptions, problems: Problems): AsyncIterable<FormatRow>;
}
