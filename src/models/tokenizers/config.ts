import { GlmEvalError } from "../../errors.js";
import { idsByToken, type TokenizerFolder } from "./files.js";

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
    const added = new Map<string, unknown>();
    for (const [id, token] of Object.entries(decoder ?? {})) added.set(contentOf(token) ?? "", Number(id));
    if (folder.names.has("added_tokens.json")) {
      for (const [token, id] of Object.entries(await folder.json("added_tokens.json"))) added.set(token, id);
    }
    return new TokenizerConfig(
      folder.file(name),
      values,
      idsByToken(Object.fromEntries(added), folder.file("added_tokens.json")),
    );
  }

  /** A special token's spelling, e.g. of `cls_token`; undefined where the file does not say. */
  token(key: string): string | undefined {
    const value = this.values[key];
    if (value === undefined || value === null) return undefined;
    const content = contentOf(value);
    if (content === undefined) {
      throw new GlmEvalError(
        "data",
        `${this.file}: ${key} is ${JSON.stringify(value)}, expected a string or an object with "content"`,
      );
    }
    return content;
  }

  flag(key: string): boolean | undefined {
    const value = this.values[key];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== "boolean") {
      throw new GlmEvalError(
        "data",
        `${this.file}: ${key} is ${JSON.stringify(value)}, expected true or false`,
      );
    }
    return value;
  }
}

/** Savers write a token as a string or as an AddedToken object. */
function contentOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  const content = (value as { content?: unknown } | null)?.content;
  return typeof content === "string" ? content : undefined;
}
