import Papa from "papaparse";
import { dataError, type Problems } from "../../findings.js";
import { readText } from "../read-lines.js";
import type { DataFile, FileFormat, FormatRow, TextTableOptions } from "./file-format.js";

/** Comma-separated values (RFC 4180). */
export const csv: FileFormat = table([".csv"], ",");

/** Tab-separated values, quoted as CSV is unless the task file says otherwise. */
export const tsv: FileFormat = table([".tsv", ".tab"], "\t");

/** Every value is a text, as written. The delimiter is never guessed: a guess would depend on the data. */
function table(extensions: readonly string[], delimiter: string): FileFormat {
  return {
    extensions,
    isTable: true,
    rows: (file, options, problems) => read(file, { delimiter, ...given(options) }, problems),
  };
}

function given(options: TextTableOptions): TextTableOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

async function* read(
  file: DataFile,
  options: TextTableOptions,
  problems: Problems,
): AsyncGenerator<FormatRow> {
  const text = await readText(file.path, file.name);
  const { quote = '"' } = options;
  const { data, errors } = Papa.parse<string[]>(text, {
    delimiter: options.delimiter!,
    // Splits at every delimiter and line end, whatever stands there.
    ...(quote === "" ? { fastMode: true } : { quoteChar: quote }),
  });
  const lines = lineNumbers(data, text.includes("\n") ? /\n/g : /\r/g);
  const [error] = errors;
  if (error !== undefined) {
    throw dataError(
      { file: file.name, line: lines[error.row ?? 0] ?? lines.length },
      "bad-table",
      error.message.toLowerCase(),
      'a quote inside a quoted field is doubled (""); where quotes mean nothing, say quote: "" below data',
    );
  }
  const rows = data
    .map((fields, i) => ({ fields, line: lines[i]! }))
    .filter(({ fields }) => fields.length > 1 || fields[0] !== "");
  const names = options.header ?? header(file, rows.shift());
  for (const { fields, line } of rows) {
    if (fields.length !== names.length) {
      problems.add({
        severity: "error",
        code: "field-count",
        file: file.name,
        line,
        message: `found ${fields.length} fields; expected ${names.length} (${names.join(", ")})`,
        hint: "a field with the delimiter in it stands in quotes; delimiter and quote below data say how the file is written",
      });
      continue;
    }
    const row = { unit: "line", number: line } as const;
    yield { row, fields: Object.fromEntries(names.map((name, i) => [name, fields[i]!])) };
  }
}

function header(file: DataFile, row: { fields: string[]; line: number } | undefined): readonly string[] {
  if (row === undefined) return [];
  const again = row.fields.find((name, i) => row.fields.indexOf(name) < i);
  if (again === undefined) return row.fields;
  throw dataError(
    { file: file.name, line: row.line },
    "duplicate-column",
    `found column ${JSON.stringify(again)} twice in the header`,
    "where the first row holds data, name the columns in the task file: header: [a, b] below data",
  );
}

/** The line on which each row starts, from 1: a quoted field may hold line ends. */
function lineNumbers(rows: readonly (readonly string[])[], lineEnd: RegExp): number[] {
  let line = 1;
  return rows.map((fields) => {
    const start = line;
    line += 1 + fields.reduce((sum, field) => sum + (field.match(lineEnd)?.length ?? 0), 0);
    return start;
  });
}
