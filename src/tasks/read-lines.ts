import { constants, isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { dataError } from "../findings.js";
import { shellWords } from "../hints.js";

export interface Line {
  /** from 1 */
  readonly number: number;
  readonly text: string;
}

/**
 * Yields the lines of a file that are not blank, with one chunk of it in memory at a time. Only "\n" and "\r\n" end a line: U+2028, at
 * which Node's readline also splits, may be in a JSON string. The file is UTF-8, or UTF-16 with a byte order mark.
 * @param name the file's name in messages
 * @throws FindingError with file and line if the bytes are neither
 */
export async function* readLines(file: string, name = file): AsyncGenerator<Line> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let number = 0;
  let rest = "";
  const decode = (chunk: Uint8Array): string => {
    decoder ??= getDecoder(chunk, name);
    try {
      return decoder.decode(chunk, { stream: true });
    } catch (cause) {
      throw makeEncodingError(name, chunk, number, cause);
    }
  };
  const line = (text: string): Line[] => {
    number++;
    return text.trim() === "" ? [] : [{ number, text: text.endsWith("\r") ? text.slice(0, -1) : text }];
  };
  for await (const chunk of createReadStream(file) as AsyncIterable<Uint8Array>) {
    const texts = (rest + decode(chunk)).split("\n");
    rest = texts.pop()!;
    for (const text of texts) yield* line(text);
  }
  try {
    rest += decoder?.decode() ?? "";
  } catch (cause) {
    throw makeEncodingError(name, new Uint8Array(), number, cause);
  }
  yield* line(rest);
}

/**
 * Reads a file as one string: UTF-8, or UTF-16 with a byte order mark.
 * @param name the file's name in messages
 * @throws FindingError if the bytes are neither, or exceed the maximum length of a string
 */
export async function readText(file: string, name = file): Promise<string> {
  if ((await stat(file)).size > constants.MAX_STRING_LENGTH) {
    throw dataError(
      { file: name },
      "too-big",
      `the file is too big for its format (over ${constants.MAX_STRING_LENGTH} bytes), which is read in one piece`,
      "convert it to JSON lines or Parquet, which are read in pieces",
    );
  }
  const bytes = await readFile(file);
  try {
    return getDecoder(bytes, name).decode(bytes);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ERR_ENCODING_INVALID_ENCODED_DATA") throw cause;
    throw makeEncodingError(name, bytes, 0, cause);
  }
}

/**
 * Returns the decoder for a file that starts with these bytes; it drops the byte order mark. Spreadsheets' "Unicode text" is
 * UTF-16, which is certain if the mark is there.
 * @throws FindingError for UTF-16 without a mark, whose ASCII characters are zero bytes to UTF-8
 */
function getDecoder(bytes: Uint8Array, name: string): InstanceType<typeof TextDecoder> {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le", { fatal: true });
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be", { fatal: true });
  if (bytes.length > 1 && (first === 0 || second === 0)) {
    const message = "found zero bytes: it looks like UTF-16 without a byte order mark, or is not text";
    throw dataError({ file: name, line: 1 }, "not-utf8", message, "Save the file as UTF-8.");
  }
  return new TextDecoder("utf-8", { fatal: true });
}

/**
 * @param bytes the part of the file that has the wrong bytes; empty if the file ends within a character
 * @param before number of lines before that part
 */
function makeEncodingError(name: string, bytes: Uint8Array, before: number, cause: unknown): Error {
  // A line end is never part of another character, so lines can be tested one by one.
  let line = before;
  let start = 0;
  // The rest of a character that started in the previous chunk.
  while (start < 3 && before > 0 && (bytes[start]! & 0xc0) === 0x80) start++;
  while (start < bytes.length) {
    const end = bytes.indexOf(0x0a, start);
    const found = bytes.subarray(start, end < 0 ? bytes.length : end);
    if (!isUtf8(found)) break;
    start = end < 0 ? bytes.length : end + 1;
    if (end >= 0) line++;
  }
  const convert = `${shellWords(["iconv", "-f", "WINDOWS-1252", "-t", "UTF-8", name])} > utf8${path.extname(name)}`;
  return dataError(
    { file: name, line: line + 1 },
    "not-utf8",
    "found bytes that are not UTF-8 in this line",
    `Save the file as UTF-8. Files from Windows or Excel are often Windows-1252: ${convert}`,
    cause,
  );
}

/** Returns the sha256 of the concatenated bytes of files; hex. */
export async function hashFile(...files: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files)
    for await (const chunk of createReadStream(file) as AsyncIterable<Uint8Array>) hash.update(chunk);
  return hash.digest("hex");
}
