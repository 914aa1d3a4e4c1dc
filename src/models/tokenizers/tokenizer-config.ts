import { GlmEvalError } from "../../errors.js";
import { readTokenIds, type TokenizerFolder } from "./tokenizer-folder.js";

/** The contents of tokenizer_config.json and added_tokens.json; both may be missing. */
export class TokenizerConfig {
  private constructor(
    private readonly file: string,
    private readonly values: Record<string, unknown>,
    /**
     * added_tokens.json, plus the configuration's `added_tokens_decoder`, where newer versions of transformers write
     * it
     */
    readonly added: ReadonlyMap<string, number>,
  ) {}

  static async read(folder: TokenizerFolder): Promise<TokenizerConfig> {
    const name = "tokenizer_config.json";
    const values = folder.names.has(name) ? await folder.json(name) : {};
    const { added_tokens_decoder: decoder } = values;
    const inConfig = Object.entries(decoder ?? {}).map(([id, token]) => [
      readSpelling(token, folder.file(name), `added_tokens_decoder.${id}`),
      Number(id),
    ]);
    const inFile = folder.names.has("added_tokens.json") ? await folder.json("added_tokens.json") : {};
    const added = new Map([
      ...readTokenIds(Object.fromEntries(inConfig), folder.file(name)),
      ...readTokenIds(inFile, folder.file("added_tokens.json")),
    ]);
    return new TokenizerConfig(folder.file(name), values, added);
  }

  /** Whether the file has this key, even if its value is null. */
  mentions(key: string): boolean {
    return key in this.values;
  }

  /** Returns the spelling of a special token such as `cls_token`; undefined if the file does not define it. */
  token(key: string): string | undefined {
    const value = this.values[key];
    if (value === undefined || value === null) return undefined;
    return readSpelling(value, this.file, key);
  }

  flag(key: string): boolean | undefined {
    const value = this.values[key];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== "boolean") {
      throw new GlmEvalError(
        "tokenizer-damaged",
        `${this.file}: ${key} is ${JSON.stringify(value)}, expected true or false`,
      );
    }
    return value;
  }
}

/** Reads a token, which is saved as a string or as an AddedToken object. */
export function readSpelling(value: unknown, file: string, key: string): string {
  const content = typeof value === "string" ? value : (value as { content?: unknown } | null)?.content;
  if (typeof content === "string") return content;
  throw new GlmEvalError(
    "tokenizer-damaged",
    `${file}: ${key} is ${JSON.stringify(value)}, expected a string or an object with "content"`,
  );
}
