import Papa from "papaparse";
import { dataError, type Problems } from "../../findings.js";
import { readText } from "../read-lines.js";
import type { DataFile, FileFormat, FormatRow, TextTableOptions } from "./file-format.js";
import { findStrayQuotes, QUOTE_HINT, type TableRow, withoutQuotedFields } from "./table-quotes.js";

/** Comma-separated values (RFC 4180). */
export const csv: FileFormat = table([".csv"], ",", true);

/** Tab-separated values, quoted as CSV is unless the task file says otherwise. */
export const tsv: FileFormat = table([".tsv", ".tab"], "\t", false);

/** Every value is a text, as written. The delimiter is never guessed: a guess would depend on the data. */
function table(extensions: readonly string[], delimiter: string, hasUsualQuotes: boolean): FileFormat {
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
  const names = options.header ?? header(file, rows.shift());
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
        message: `found ${counted(fields.length)}; expected ${names.length} (${names.join(", ")})`,
        hint: "a field with the delimiter in it stands in quotes; delimiter and quote below data say how the file is written",
      });
      continue;
    }
    const row = { unit: "line", number: line } as const;
    yield { row, fields: Object.fromEntries(names.map((name, i) => [name, fields[i]!])) };
  }
}

/**
 * All rows of a table that are not blank, the header as the others.
 * @throws FindingError if the file cannot be read, or a quoted field does not end as it should
 */
export async function readRows(
  file: DataFile,
  { delimiter, quote }: { readonly delimiter: string; readonly quote: string },
): Promise<{ readonly rows: TableRow[]; readonly text: string; readonly lineEnd: string }> {
  const { text, newline } = rowEnds(await readText(file.path, file.name), { delimiter, quote });
  const { data, errors } = Papa.parse<string[]>(text, {
    delimiter,
    newline,
    // Splits at every delimiter and line end, whatever stands there.
    ...(quote === "" ? { fastMode: true } : { quoteChar: quote }),
  });
  const lineEnd = newline === "\r" ? "\r" : "\n";
  const [error] = errors;
  if (error !== undefined) throw brokenQuotes(file, text, error.index ?? 0, { quote, lineEnd });
  const rows = locate(data, text, lineEnd).filter(({ fields }) => fields.length > 1 || fields[0] !== "");
  return { rows, text, lineEnd };
}

/**
 * What ends a row: "\r\n", "\n", or "\r" in a file without "\n". A file may use one between rows and the other inside
 * quoted fields, which stay as they are. Where rows end in both, all are read as "\n", also inside fields.
 */
function rowEnds(
  text: string,
  quotes: { readonly delimiter: string; readonly quote: string },
): { text: string; newline: "\r\n" | "\n" | "\r" } {
  if (!text.includes("\n")) return { text, newline: "\r" };
  const isMixed = (of: string) => of.includes("\r\n") && /(?<!\r)\n/.test(of);
  if (!isMixed(text)) return { text, newline: text.includes("\r\n") ? "\r\n" : "\n" };
  const between = quotes.quote === "" ? text : withoutQuotedFields(text, quotes);
  if (isMixed(between)) return { text: text.replaceAll("\r\n", "\n"), newline: "\n" };
  return { text, newline: between.includes("\r\n") ? "\r\n" : "\n" };
}

/** A quoted field that is never closed, or has text after its closing quote. @param start where its quote stands */
function brokenQuotes(
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

/** Delimiters that tables have, besides the one of their format. */
const DELIMITERS = [",", ";", "\t", "|"];

/** The delimiter that a row has, the usual one before all others; undefined for one column. */
export function findDelimiter(row: string, usual: string): string | undefined {
  return [usual, ...DELIMITERS].find((delimiter) => row.includes(delimiter));
}

/** Sees that a file of one column does not use another delimiter. */
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

/** The columns' names, without the spaces around them. Several columns may have no name: nothing can show them. */
function header(file: DataFile, row: TableRow | undefined): readonly string[] {
  const names = row?.fields.map((name) => name.trim()) ?? [];
  const again = names.find((name, i) => name !== "" && names.indexOf(name) < i);
  if (again === undefined) return names;
  throw dataError(
    { file: file.name, line: row!.line },
    "duplicate-column",
    `found column ${JSON.stringify(again)} twice in the header`,
    "where the first row holds data, name the columns in the task file: header: [a, b] below data",
  );
}

/** The lines of each row: a quoted field may hold line ends. */
function locate(rows: readonly (readonly string[])[], text: string, lineEnd: string): TableRow[] {
  const lines = text.split(lineEnd);
  let line = 1;
  return rows.map((fields) => {
    const start = line;
    line += 1 + fields.reduce((sum, field) => sum + field.split(lineEnd).length - 1, 0);
    return { fields, line: start, lines: lines.slice(start - 1, line - 1) };
  });
}

function counted(fields: number): string {
  return `${fields} field${fields === 1 ? "" : "s"}`;
}
