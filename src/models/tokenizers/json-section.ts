import { GlmEvalError } from "../../errors.js";
import { createLibraryPattern } from "./library-model.js";

/** One object of tokenizer.json, with its location for messages. */
export class Section {
  constructor(
    readonly values: Record<string, unknown>,
    readonly where: string,
  ) {}

  /** @returns `undefined` for null, which tokenizer.json uses to omit a step */
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

  /**
   * Reads the regular expression of `pattern`: {"String": …} or {"Regex": …}, which the library translates from
   * Oniguruma syntax.
   */
  pattern(): RegExp {
    const given = this.section("pattern")?.values ?? {};
    const { String: literal, Regex: expression } = given;
    try {
      if (typeof literal === "string") return createLibraryPattern({ String: literal });
      if (typeof expression === "string") return createLibraryPattern({ Regex: expression });
    } catch (cause) {
      throw this.refuse(`the regular expression ${JSON.stringify(expression)}`, cause);
    }
    throw this.error("pattern", given, '{"String": …} or {"Regex": …}');
  }

  /**
   * The error for anything that glm-eval cannot do exactly like the reference: almost correct ids are not acceptable.
   */
  refuse(what: string, cause?: unknown): GlmEvalError {
    return new GlmEvalError("tokenizer-not-supported", `${this.where}: ${what} is not supported`, {
      hint: "Supported are tokenizers with WordPiece, BPE and Unigram models and the steps listed in docs/tokenizers.md.",
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
