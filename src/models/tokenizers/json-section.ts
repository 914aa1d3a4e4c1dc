import { GlmEvalError } from "../../errors.js";
import { libraryPattern } from "./library-model.js";

/** One object of tokenizer.json, and where it stands there, for messages. */
export class Section {
  constructor(
    readonly values: Record<string, unknown>,
    readonly where: string,
  ) {}

  /** `undefined` for null, with which tokenizer.json leaves a step out. */
  static of(value: unknown, where: string): Section | undefined {
    if (value === null || value === undefined) return undefined;
    if (typeof value === "object" && !Array.isArray(value)) {
      return new Section(value as Record<string, unknown>, where);
    }
    throw new GlmEvalError(
      "tokenizer-damaged",
      `${where} is ${JSON.stringify(value)}, expected an object or null`,
    );
  }

  get type(): string | undefined {
    return this.text("type");
  }

  text(key: string): string | undefined {
    return this.typed(key, "string");
  }

  flag(key: string): boolean | undefined {
    return this.typed(key, "boolean");
  }

  number(key: string): number | undefined {
    return this.typed(key, "number");
  }

  section(key: string): Section | undefined {
    return Section.of(this.values[key], `${this.where}.${key}`);
  }

  list(key: string): unknown[] {
    const value = this.values[key] ?? [];
    if (Array.isArray(value)) return value;
    throw this.error(key, value, "a list");
  }

  sections(key: string): Section[] {
    return this.list(key).map((item, i) => {
      const found = Section.of(item, `${this.where}.${key}[${i}]`);
      if (found === undefined) throw this.error(key, item, "objects");
      return found;
    });
  }

  /** The regular expression of `pattern`: {"String": …} or {"Regex": …}, which the library translates from Oniguruma's. */
  pattern(): RegExp {
    const given = this.section("pattern")?.values ?? {};
    const { String: literal, Regex: expression } = given;
    try {
      if (typeof literal === "string") return libraryPattern({ String: literal });
      if (typeof expression === "string") return libraryPattern({ Regex: expression });
    } catch (cause) {
      throw this.refuse(`the regular expression ${JSON.stringify(expression)}`, cause);
    }
    throw this.error("pattern", given, '{"String": …} or {"Regex": …}');
  }

  /** What glm-eval cannot do as the reference does is refused: ids must not be nearly right. */
  refuse(what: string, cause?: unknown): GlmEvalError {
    return new GlmEvalError("tokenizer-not-supported", `${this.where}: ${what} is not supported`, {
      hint: "Tokenizers of WordPiece, BPE and Unigram models are, with the steps that docs/tokenizers.md lists.",
      cause,
    });
  }

  error(key: string, value: unknown, expected: string): GlmEvalError {
    return new GlmEvalError(
      "tokenizer-damaged",
      `${this.where}.${key} is ${JSON.stringify(value)}, expected ${expected}`,
    );
  }

  private typed<T>(key: string, type: "string" | "boolean" | "number"): T | undefined {
    const value = this.values[key];
    if (value === null || value === undefined) return undefined;
    if (typeof value === type) return value as T;
    throw this.error(key, value, `a ${type}`);
  }
}
