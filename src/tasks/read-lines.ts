import { constants } from "node:buffer";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { dataError } from "../findings.js";

export interface Line {
  /** from 1 */
  readonly number: number;
  readonly text: string;
}

/**
 * The lines of a UTF-8 file that are not blank, a chunk of it in memory at a time. Only "\n" and "\r\n" end a line:
 * U+2028, at which Node's readline also splits, may stand inside a JSON string.
 * @param name the file as messages name it
 * @throws FindingError naming file and line where the bytes are no UTF-8
 */
export async function* readLines(file: string, name = file): AsyncGenerator<Line> {
  // A BOM is dropped by the decoder.
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let number = 0;
  let rest = "";
  const decode = (chunk?: Uint8Array): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch (cause) {
      const message = "found bytes that are not UTF-8 in or after this line";
      throw dataError({ file: name, line: number + 1 }, "not-utf8", message, "save the file as UTF-8", cause);
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
  yield* line(rest + decode());
}

/**
 * A UTF-8 file as one text.
 * @param name the file as messages name it
 * @throws FindingError where the bytes are no UTF-8, or more than one text can hold
 */
export async function readText(file: string, name = file): Promise<string> {
  if ((await stat(file)).size > constants.MAX_STRING_LENGTH) {
    throw dataError(
      { file: name },
      "too-big",
      `the file is too big to be read whole (over ${constants.MAX_STRING_LENGTH} bytes)`,
      "make it JSON lines or Parquet, which are read piece by piece",
    );
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(file));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ERR_ENCODING_INVALID_ENCODED_DATA") throw cause;
    throw dataError(
      { file: name },
      "not-utf8",
      "found bytes that are not UTF-8",
      "save the file as UTF-8",
      cause,
    );
  }
}

/** sha256 of the bytes of files, one after the other; hex. */
export async function hashFile(...files: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files)
    for await (const chunk of createReadStream(file) as AsyncIterable<Uint8Array>) hash.update(chunk);
  return hash.digest("hex");
}
