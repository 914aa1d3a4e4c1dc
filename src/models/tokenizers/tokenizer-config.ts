import { GlmEvalError } from "../../errors.js";
import { idsByToken, type TokenizerFolder } from "./tokenizer-folder.js";

/** What tokenizer_config.json and added_tokens.json say; both may be missing. */
export class TokenizerConfig {
  private constructor(
    private readonly file: string,
    private readonly values: Record<string, unknown>,
    /** added_tokens.json, and `added_tokens_decoder` of the configuration, where newer savers put it */
    readonly added: ReadonlyMap<string, number>,
  ) {}

  static async read(folder: TokenizerFolder): Promise<TokenizerConfig> {
    const name = "tokenizer_config.json";
    const values = folder.names.has(name) ? await folder.json(name) : {};
    const { added_tokens_decoder: decoder } = values;
    const inConfig = Object.entries(decoder ?? {}).map(([id, token]) => [
      spelling(token, folder.file(name), `added_tokens_decoder.${id}`),
      Number(id),
    ]);
    const inFile = folder.names.has("added_tokens.json") ? await folder.json("added_tokens.json") : {};
    const added = new Map([
      ...idsByToken(Object.fromEntries(inConfig), folder.file(name)),
      ...idsByToken(inFile, folder.file("added_tokens.json")),
    ]);
    return new TokenizerConfig(folder.file(name), values, added);
  }

  /** Whether the file says something of this key, be it null. */
  mentions(key: string): boolean {
    return key in this.values;
  }

  /** A special token's spelling, e.g. of `cls_token`; undefined where the file does not say. */
  token(key: string): string | undefined {
    const value = this.values[key];
    if (value === undefined || value === null) return undefined;
    return spelling(value, this.file, key);
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

/** Savers write a token as a string or as an AddedToken object. */
export function spelling(value: unknown, file: string, key: string): string {
  const content = typeof value === "string" ? value : (value as { content?: unknown } | null)?.content;
  if (typeof content === "string") return content;
  throw new GlmEvalError(
    "tokenizer-damaged",
    `${file}: ${key} is ${JSON.stringify(value)}, expected a string or an object with "content"`,
  );
}
