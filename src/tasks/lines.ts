import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { GlmEvalError } from "../errors.js";

export interface Line {
  /** from 1 */
  readonly number: number;
  readonly text: string;
}

/**
 * The lines of a UTF-8 file that are not blank, a chunk of it in memory at a time. Only "\n" and "\r\n" end a line:
 * U+2028, at which Node's readline also splits, may stand inside a JSON string.
 * @throws GlmEvalError("data") naming file and line where the bytes are no UTF-8
 */
export async function* readLines(file: string): AsyncGenerator<Line> {
  // A BOM is dropped by the decoder.
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let number = 0;
  let rest = "";
  const decode = (chunk?: Uint8Array): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch (cause) {
      throw new GlmEvalError(
        "data",
        `${file}:${number + 1}: found bytes that are not UTF-8 in or after this line`,
        {
          hint: "save the file as UTF-8",
          cause,
        },
      );
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

/** sha256 of a file's bytes, hex. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file) as AsyncIterable<Uint8Array>) hash.update(chunk);
  return hash.digest("hex");
}
