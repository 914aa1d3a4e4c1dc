import type { Problems } from "../../findings.js";
import type { RowNumber } from "../readers/index.js";

/** A data file that lies on the disk. */
export interface DataFile {
  readonly path: string;
  /** as messages name it: its path, or the URL that it was downloaded from */
  readonly name: string;
}

/** How tables of text are written. */
export interface TextTableOptions {
  /** the columns' names, where the file's first row does not give them */
  readonly header?: readonly string[] | undefined;
  /** what stands between two fields */
  readonly delimiter?: string | undefined;
  /** what a field with delimiters or line ends in it stands between; "" where there is nothing of the kind */
  readonly quote?: string | undefined;
}

export interface FormatRow {
  readonly row: RowNumber;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** One way in which rows are written to a file. */
export interface FileFormat {
  /** of the files that are taken for it, in lower case */
  readonly extensions: readonly string[];
  /** whether `TextTableOptions` say anything to it */
  readonly isTable: boolean;
  /**
   * The rows that can be read; those that cannot are reported.
   * @throws FindingError where the file cannot be read further
   */
  rows(file: DataFile, options: TextTableOptions, problems: Problems): AsyncIterable<FormatRow>;
}
