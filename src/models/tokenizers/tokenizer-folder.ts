import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { GlmEvalError } from "../../errors.js";

/** The files of a checkpoint's folder; records which ones were read, for the content hash. */
export class TokenizerFolder {
  /** name and bytes of the files read so far, in reading order */
  readonly filesRead: { readonly name: string; readonly bytes: Uint8Array }[] = [];

  private constructor(
    readonly path: string,
    readonly names: ReadonlySet<string>,
  ) {}

  /** @throws GlmEvalError (model) if the folder does not exist */
  static async open(path: string): Promise<TokenizerFolder> {
    try {
      return new TokenizerFolder(path, new Set(await readdir(path)));
    } catch (cause) {
      throw new GlmEvalError("model-not-found", `${path} is not a readable folder`, {
        hint: "Specify the folder that contains the checkpoint's tokenizer files.",
        cause,
      });
    }
  }

  file(name: string): string {
    return join(this.path, name);
  }

  async bytes(name: string): Promise<Uint8Array> {
    try {
      const bytes = await readFile(this.file(name));
      this.filesRead.push({ name, bytes });
      return bytes;
    } catch (cause) {
      throw new GlmEvalError("tokenizer-damaged", `${this.file(name)} cannot be read`, { cause });
    }
  }

  async text(name: string): Promise<string> {
    const bytes = await this.bytes(name);
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch (cause) {
      throw new GlmEvalError("tokenizer-damaged", `${this.file(name)} is not UTF-8 text`, {
        hint: "Download the file again from the checkpoint's source.",
        cause,
      });
    }
  }

  /** Reads the object in a JSON file. */
  async json(name: string): Promise<Record<string, unknown>> {
    const text = await this.text(name);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      throw new GlmEvalError(
        "tokenizer-damaged",
        `${this.file(name)} is not JSON: ${(cause as Error).message}`,
        {
          cause,
        },
      );
    }
    if (value === null || typeof value !== "object" || Array.isArray(value)) {
      throw new GlmEvalError(
        "tokenizer-damaged",
        `${this.file(name)} contains ${JSON.stringify(value)}, expected a JSON object`,
      );
    }
    return value as Record<string, unknown>;
  }
}

/** Reads a {token: id} object and checks that each token has its own id. */
export function readTokenIds(object: Record<string, unknown>, file: string): Map<string, number> {
  const ids = new Map<string, number>();
  const tokens = new Map<number, string>();
  for (const [token, id] of Object.entries(object)) {
    if (typeof id !== "number" || !Number.isInteger(id) || id < 0) {
      throw new GlmEvalError(
        "tokenizer-damaged",
        `${file}: token ${JSON.stringify(token)} has id ${JSON.stringify(id)}, expected a non-negative integer`,
      );
    }
    const other = tokens.get(id);
    if (other !== undefined) {
      throw new GlmEvalError(
        "tokenizer-damaged",
        `${file}: tokens ${JSON.stringify(other)} and ${JSON.stringify(token)} both have id ${id}, but ids must be unique`,
      );
    }
    ids.set(token, id);
    tokens.set(id, token);
  }
  return ids;
}
