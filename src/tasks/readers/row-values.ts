import { nearest } from "../../errors.js";
import { dataError, type FindingError } from "../../findings.js";
import { type DataRow, getRowPosition } from "./example-reader.js";

type JsonObject = Readonly<Record<string, unknown>>;

/** Reads values from a row's JSON, each with one clear error: file, line, what was expected, what was found. */
export class Values {
  constructor(
    private readonly row: DataRow,
    private readonly object: JsonObject = row.fields,
    private readonly path = "",
  ) {}

  text(key: string): string {
    const value = this.get(key);
    if (typeof value !== "string") throw this.error(key, "a string", value);
    return value;
  }

  integer(key: string): number {
    const value = this.get(key);
    if (!Number.isInteger(value)) throw this.error(key, "a whole number", value);
    return value as number;
  }

  /** Reads a string or number that identifies something. */
  key(key: string): string {
    const value = this.get(key);
    if (typeof value !== "string" && typeof value !== "number")
      throw this.error(key, "a number or a string", value);
    return String(value);
  }

  inner(key: string): Values {
    const value = this.get(key);
    if (!isObject(value)) throw this.error(key, "an object", value);
    return new Values(this.row, value, `${this.path}${key}.`);
  }

  list(key: string): Values[] {
    const value = this.get(key);
    if (!Array.isArray(value)) throw this.error(key, "a list", value);
    return value.map((each, i) => {
      if (!isObject(each)) throw this.error(`${key}[${i}]`, "an object", each);
      return new Values(this.row, each, `${this.path}${key}[${i}].`);
    });
  }

  texts(key: string): string[] {
    const value = this.get(key);
    if (!Array.isArray(value)) throw this.error(key, "a list", value);
    return value.map((each, i) => {
      if (typeof each !== "string") throw this.error(`${key}[${i}]`, "a string", each);
      return each;
    });
  }

  has(key: string): boolean {
    return this.object[key] !== undefined && this.object[key] !== null;
  }

  raw(key: string): unknown {
    return this.object[key];
  }

  /** Returns everything except these keys. */
  rest(keys: readonly string[]): JsonObject {
    return Object.fromEntries(Object.entries(this.object).filter(([key]) => !keys.includes(key)));
  }

  /** Makes an error about the entire row. */
  fail(message: string, hint?: string): FindingError {
    const { file, row } = this.row;
    return dataError(getRowPosition(file, row), "bad-row", message, hint);
  }

  private get(key: string): unknown {
    return Object.hasOwn(this.object, key) ? this.object[key] : undefined;
  }

  private error(key: string, expected: string, found: unknown): FindingError {
    const name = `"${this.path}${key}"`;
    if (found !== undefined) return this.fail(`${name} is ${formatValue(found)}; expected ${expected}`);
    const known = Object.keys(this.object);
    const near = nearest(key, known);
    const hint = `${near === undefined ? "" : `Did you mean "${near}"? `}Found here: ${known.join(", ") || "nothing"}`;
    return this.fail(`${name} is missing; expected ${expected}`, hint);
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function formatValue(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
