import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { GlmEvalError } from "../../errors.js";

/** The files of a checkpoint's folder; remembers which were read, for the content hash. */
export class TokenizerFolder {
  /** name and bytes of the files read so far, in reading order */
  readonly filesRead: { readonly name: string; readonly bytes: Uint8Array }[] = [];

  private constructor(
    readonly path: string,
    readonly names: ReadonlySet<string>,
  ) {}

  /** @throws GlmEvalError (model) where there is no such folder */
  static async open(path: string): Promise<TokenizerFolder> {
    try {
      return new TokenizerFolder(path, new Set(await readdir(path)));
    } catch (cause) {
      throw new GlmEvalError("model-not-found", `${path} is not a folder that can be read`, {
        hint: "Give the folder that holds the checkpoint's tokenizer files.",
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
        hint: "Get the file again from where the checkpoint came from.",
        cause,
      });
    }
  }

  /** The object in a JSON file. */
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
        `${this.file(name)} holds ${JSON.stringify(value)}, expected a JSON object`,
      );
    }
    return value as Record<string, unknown>;
  }
}

/** Checks that a {token: id} object maps each token to an id of its own. */
export function idsByToken(object: Record<string, unknown>, file: string): Map<string, number> {
  const ids = new Map<string, number>();
  const tokens = new Map<number, string>();
  for (const [token, id] of Object.entries(object)) {
    if (typeof id !== "number" || !Number.isInteger(id) || id < 0) {
      throw new GlmEvalError(
        "tokenizer-damaged",
        `${file}: token ${JSON.stringify(token)} has id ${JSON.stringify(id)}, expected a whole number`,
      );
    }
    const other = tokens.get(id);
    if (other !== undefined) {
      throw new GlmEvalError(
        "tokenizer-damaged",
        `${file}: tokens ${JSON.stringify(other)} and ${JSON.stringify(token)} both have id ${id}, each needs its own`,
      );
    }
    ids.set(token, id);
    tokens.set(id, token);
  }
  return ids;
}
