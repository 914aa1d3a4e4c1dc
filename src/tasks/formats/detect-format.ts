import { open } from "node:fs/promises";
import { FindingError, Findings } from "../../findings.js";
import type { DataFile, TextTableOptions } from "./file-format.js";
import { FORMATS, getFormatByExtension } from "./index.js";
import { findDelimiter, readRows } from "./text-tables.js";

/** How a data file is written, as a task file specifies it. */
export interface DataForm extends TextTableOptions {
  /** name of a format */
  readonly reader?: string | undefined;
}

/** Number of bytes from which a file's form is detected. */
const HEAD = 65_536;
/** Number of rows in which a value of the first row is searched for: if it appears again, it is not a column name. */
const COMPARED = 1000;

/**
 * Detects how a file is written from its content, as a task file must specify it for it to be read. A key is missing if its
 * default is right. Reading never guesses; this is for writing a new task file, where a guess can be seen and corrected.
 * @param given what is known; not changed
 * @throws FindingError if the file cannot be read in any form
 */
export async function detectForm(file: DataFile, given: DataForm): Promise<DataForm & { format: string }> {
  const bytes = await readHead(file.path);
  const head = decodeHead(bytes);
  const byName = getFormatByExtension(file.name);
  const format = given.reader ?? detectFormat(bytes, head, byName);
  const reader = given.reader ?? (format === byName ? undefined : format);
  if (!FORMATS.get(format)!.isTable) return { format, ...given, reader };
  const usual = format === "tsv" ? "\t" : ",";
  const first = head.split(/\r\n|\n|\r/).find((line) => line.trim() !== "") ?? "";
  const found = given.delimiter ?? findDelimiter(first, usual) ?? usual;
  const quote = given.quote ?? (await detectQuote(file, format, { ...given, delimiter: found }));
  const header = given.header ?? (await detectHeader(file, found, quote ?? '"'));
  const delimiter = given.delimiter ?? (found === usual ? undefined : found);
  return { format, reader, delimiter, quote, header };
}

function detectFormat(bytes: Uint8Array, head: string, byName: string | undefined): string {
  if (Buffer.from(bytes.subarray(0, 4)).toString("latin1") === "PAR1") return "parquet";
  if (byName !== undefined && FORMATS.get(byName)!.isTable) return byName;
  const text = head.trimStart();
  if (/^\[\s*[{\]]/.test(text)) return "json";
  if (text.startsWith("{")) return isJson(text.split("\n")[0]!) ? "jsonl" : "json";
  return byName ?? (text.split("\n")[0]!.includes("\t") ? "tsv" : "csv");
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Returns "" if the file can be read only without quotes; undefined if the usual ones work, or nothing does. */
async function detectQuote(file: DataFile, format: string, form: TextTableOptions): Promise<"" | undefined> {
  const isReadable = async (options: TextTableOptions): Promise<boolean> => {
    const findings = new Findings();
    try {
      for await (const _ of FORMATS.get(format)!.rows(file, options, findings));
    } catch (error) {
      // A duplicate column has nothing to do with quotes.
      if (!(error instanceof FindingError)) throw error;
      return error.finding.code === "duplicate-column";
    }
    return findings.errors === 0;
  };
  return (await isReadable(form)) || !(await isReadable({ ...form, quote: "" })) ? undefined : "";
}

/** Names the columns of a table without a header: one whose first row has a value that occurs again in its column. */
async function detectHeader(
  file: DataFile,
  delimiter: string,
  quote: string,
): Promise<readonly string[] | undefined> {
  const { rows } = await readRows(file, { delimiter, quote });
  const [first, ...others] = rows.slice(0, COMPARED);
  const isData = first?.fields.some(
    (value, i) => value.trim() !== "" && others.some(({ fields }) => fields[i] === value),
  );
  return isData ? first!.fields.map((_, i) => `column${i + 1}`) : undefined;
}

async function readHead(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function decodeHead(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}
