import Papa from "papaparse";
import { dataError, type Problems } from "../../findings.js";
import { readText } from "../read-lines.js";
import type { DataFile, FileFormat, FormatRow, TextTableOptions } from "./file-format.js";
import { findStrayQuotes, QUOTE_HINT, removeQuotedFields, type TableRow } from "./table-quotes.js";

/** Comma-separated values (RFC 4180). */
export const csv: FileFormat = makeTableFormat([".csv"], ",", true);

/** Tab-separated values, by default quoted like CSV. */
export const tsv: FileFormat = makeTableFormat([".tsv", ".tab"], "\t", false);

/** Every value is a string, as written. The delimiter is never guessed: a guess would depend on the data. */
function makeTableFormat(
  extensions: readonly string[],
  delimiter: string,
  hasUsualQuotes: boolean,
): FileFormat {
  return {
    extensions,
    isTable: true,
    rows: (file, options, problems) => read(file, options, { delimiter, hasUsualQuotes }, problems),
  };
}

async function* read(
  file: DataFile,
  options: TextTableOptions,
  usual: { readonly delimiter: string; readonly hasUsualQuotes: boolean },
  problems: Problems,
): AsyncGenerator<FormatRow> {
  const { quote = '"', delimiter = usual.delimiter } = options;
  const { text, rows, lineEnd } = await readRows(file, { delimiter, quote });
  if (options.header === undefined && options.delimiter === undefined)
    checkDelimiter(file, rows[0], delimiter);
  const names = options.header ?? readHeader(file, rows.shift());
  if (quote !== "" && options.quote === undefined) {
    const how = { delimiter, quote, lineEnd, isUsual: usual.hasUsualQuotes };
    for (const finding of findStrayQuotes(file.name, rows, names.length, () => text, how))
      problems.add(finding);
  }
  for (const { fields, line } of rows) {
    if (fields.length !== names.length) {
      problems.add({
        severity: "error",
        code: "field-count",
        file: file.name,
        line,
        message: `found ${formatFieldCount(fields.length)}; expected ${names.length} (${names.join(", ")})`,
        hint: "quote fields that contain the delimiter, or set delimiter and quote below data to match the file",
      });
      continue;
    }
    const row = { unit: "line", number: line } as const;
    yield { row, fields: Object.fromEntries(names.map((name, i) => [name, fields[i]!])) };
  }
}

/**
 * Reads all rows of a table that are not blank, including the header.
 * @throws FindingError if the file cannot be read, or a quoted field does not end as it should
 */
export async function readRows(
  file: DataFile,
  { delimiter, quote }: { readonly delimiter: string; readonly quote: string },
): Promise<{ readonly rows: TableRow[]; readonly text: string; readonly lineEnd: string }> {
  const { text, newline } = detectRowEnds(await readText(file.path, file.name), { delimiter, quote });
  const { data, errors } = Papa.parse<string[]>(text, {
    delimiter,
    newline,
    // Splits at every delimiter and line end, wherever it is.
    ...(quote === "" ? { fastMode: true } : { quoteChar: quote }),
  });
  const lineEnd = newline === "\r" ? "\r" : "\n";
  const [error] = errors;
  if (error !== undefined) throw makeQuoteError(file, text, error.index ?? 0, { quote, lineEnd });
  const rows = locateRows(data, text, lineEnd).filter(({ fields }) => fields.length > 1 || fields[0] !== "");
  return { rows, text, lineEnd };
}

/**
 * Detects what ends a row: "\r\n", "\n", or "\r" in a file without "\n". A file may use one between rows and the other inside
 * quoted fields, which stay as they are. If rows end in both, all are read as "\n", also inside fields.
 */
function detectRowEnds(
  text: string,
  quotes: { readonly delimiter: string; readonly quote: string },
): { text: string; newline: "\r\n" | "\n" | "\r" } {
  if (!text.includes("\n")) return { text, newline: "\r" };
  const isMixed = (of: string) => of.includes("\r\n") && /(?<!\r)\n/.test(of);
  if (!isMixed(text)) return { text, newline: text.includes("\r\n") ? "\r\n" : "\n" };
  const between = quotes.quote === "" ? text : removeQuotedFields(text, quotes);
  if (isMixed(between)) return { text: text.replaceAll("\r\n", "\n"), newline: "\n" };
  return { text, newline: between.includes("\r\n") ? "\r\n" : "\n" };
}

/** Makes the error for a quoted field that is never closed, or has text after its closing quote. @param start offset of its opening quote */
function makeQuoteError(
  file: DataFile,
  text: string,
  start: number,
  { quote, lineEnd }: { readonly quote: string; readonly lineEnd: string },
): Error {
  const lineAt = (index: number) => text.slice(0, index).split(lineEnd).length;
  let closing = text.indexOf(quote, start + 1);
  while (closing >= 0 && text[closing + 1] === quote) closing = text.indexOf(quote, closing + 2);
  const [from, to] = [lineAt(start), lineAt(closing < 0 ? text.trimEnd().length : closing)];
  const message =
    closing < 0
      ? `a quote opens a field on line ${from} and never closes: the field extends to line ${to}, the end of the file`
      : `a quote opens a field on line ${from}; the next one, on line ${to}, has text after it`;
  return dataError({ file: file.name, line: from }, "bad-table", message, QUOTE_HINT);
}

/** Common delimiters besides the one of the format. */
const DELIMITERS = [",", ";", "\t", "|"];

/** Finds the delimiter of a row, the usual one before all others; undefined for one column. */
export function findDelimiter(row: string, usual: string): string | undefined {
  return [usual, ...DELIMITERS].find((delimiter) => row.includes(delimiter));
}

/** Checks that a file with one column does not use another delimiter. */
function checkDelimiter(file: DataFile, row: TableRow | undefined, delimiter: string): void {
  if (row?.fields.length !== 1) return;
  const [first] = row.fields;
  const other = findDelimiter(first!, delimiter);
  if (other === undefined || other === delimiter) return;
  throw dataError(
    { file: file.name, line: row.line },
    "bad-table",
    `found one column, ${JSON.stringify(first)}; it looks like ${first!.split(other).length}, separated by ${JSON.stringify(other)}`,
    `Write delimiter: ${JSON.stringify(other)} below data; if it is one column, delimiter: ${JSON.stringify(delimiter)}.`,
  );
}

/** Reads the columns' names, without the spaces around them. Several columns may have no name: no template can use them. */
function readHeader(file: DataFile, row: TableRow | undefined): readonly string[] {
  const names = row?.fields.map((name) => name.trim()) ?? [];
  const again = names.find((name, i) => name !== "" && names.indexOf(name) < i);
  if (again === undefined) return names;
  throw dataError(
    { file: file.name, line: row!.line },
    "duplicate-column",
    `found column ${JSON.stringify(again)} twice in the header`,
    "if the first row holds data, name the columns in the task file: header: [a, b] below data",
  );
}

/** Finds the lines of each row: a quoted field may contain line ends. */
function locateRows(rows: readonly (readonly string[])[], text: string, lineEnd: string): TableRow[] {
  const lines = text.split(lineEnd);
  let line = 1;
  return rows.map((fields) => {
    const start = line;
    line += 1 + fields.reduce((sum, field) => sum + field.split(lineEnd).length - 1, 0);
    return { fields, line: start, lines: lines.slice(start - 1, line - 1) };
  });
}

function formatFieldCount(fields: number): string {
  return `${fields} field${fields === 1 ? "" : "s"}`;
}
