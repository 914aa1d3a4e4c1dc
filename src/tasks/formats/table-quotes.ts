import type { Finding } from "../../findings.js";

/** What to do about quotes that are not read as intended. */
export const QUOTE_HINT = `If quotes mean nothing here, write quote: "" below data; if they enclose fields, write quote: '"', and double a quote inside a field ("").`;

/** A row of a table as it was read, and where it is in the file. */
export interface TableRow {
  readonly fields: readonly string[];
  /** of its first line, from 1 */
  readonly line: number;
  /** the lines that it spans, as the file has them */
  readonly lines: readonly string[];
}

/** How a table is written, for the functions below. */
export interface QuoteOptions {
  readonly delimiter: string;
  readonly quote: string;
  /** what ends a line inside a field */
  readonly lineEnd: string;
  /** whether the format itself has quotes around fields: CSV has them, TSV does not */
  readonly isUsual: boolean;
}

/**
 * Removes the quoted fields from a text: the rest has the line ends and the quotes outside of them.
 * A quoted field starts after a delimiter or a line end.
 */
export function removeQuotedFields(
  text: string,
  { delimiter, quote }: Pick<QuoteOptions, "delimiter" | "quote">,
): string {
  const [d, q] = [delimiter, quote].map((each) => each.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"));
  return text.replace(new RegExp(`(^|${d}|[\\r\\n])${q}[^${q}]*(?:${q}${q}[^${q}]*)*${q}`, "g"), "$1");
}

/**
 * Reports fields that span lines, possibly because of a stray quote: a quote at the start of a text opens a field, and the
 * next quote that happens to end a field closes it, so the rows in between become one. The signs of a stray quote:
 * - each line of the row is a row by itself, with the right number of fields, and the field contains no quote, which a
 *   writer of quoted fields would have doubled;
 * - elsewhere in the file a field that is not quoted contains a quote, which a writer of quoted fields would have quoted.
 *
 * TSV has no quotes by its own rules, although spreadsheets and Python write them: with a sign it is an error, without
 * one a warning for the file. In CSV a field that spans lines is normal: signs are a warning, the first one only if all such
 * rows show it, because lines of ordinary text may have the right number of commas.
 */
export function findStrayQuotes(
  file: string,
  rows: readonly TableRow[],
  columns: number,
  text: () => string,
  options: QuoteOptions,
): Finding[] {
  const { delimiter, quote, isUsual, lineEnd } = options;
  const spanning = rows.filter(({ lines }) => lines.length > 1);
  if (spanning.length === 0) return [];
  const swallows = ({ fields, lines }: TableRow): boolean =>
    !fields.some((field) => field.includes(quote)) &&
    lines.every((line) => line.split(delimiter).length === columns);
  const swallowing = spanning.filter(swallows);
  const hasStray = removeQuotedFields(text(), options).includes(quote);
  const isSuspect = (row: TableRow): boolean =>
    hasStray || (isUsual ? swallowing.length === spanning.length : swallowing.includes(row));
  const describe = (row: TableRow, more = ""): Pick<Finding, "file" | "line" | "message" | "hint"> => {
    const reason = swallows(row)
      ? `, and each of these lines has ${columns} field${columns === 1 ? "" : "s"} without the quotes: rows may be lost`
      : hasStray
        ? ", and the file has quotes in fields that are not quoted: quotes may mean nothing here"
        : "";
    const { start, end } = findSpan(row, lineEnd);
    const message = `a quoted field starts on line ${start} and ends on line ${end}${more}${reason}`;
    return { file, line: start, message, hint: QUOTE_HINT };
  };
  if (!isUsual && spanning.some(isSuspect))
    return spanning
      .filter(isSuspect)
      .map((row) => ({ severity: "error", code: "bad-table", ...describe(row) }));
  if (isUsual && !spanning.some(isSuspect)) return [];
  const more = spanning.length - 1;
  const others = more > 0 ? ` (${more} more ${more === 1 ? "row spans" : "rows span"} lines)` : "";
  return [{ severity: "warning", code: "multi-line-field", ...describe(spanning[0]!, others) }];
}

/** Returns the lines on which a row's first field that spans lines starts and ends. */
function findSpan({ fields, line, lines }: TableRow, lineEnd: string): { start: number; end: number } {
  const inside = fields.map((field) => field.split(lineEnd).length - 1).find((count) => count > 0);
  // Fields before it hold no line end, so it starts on the row's first line.
  return { start: line, end: line + (inside ?? lines.length - 1) };
}
