import { GlmEvalError } from "../errors.js";
import { STRICT } from "../findings.js";
import { type DataForm, detectForm } from "./formats/detect-format.js";
import { FORMATS } from "./formats/index.js";

/** The content of a column of a data file, in the rows that were read. */
export interface ColumnPreview {
  readonly name: string;
  /** "list": of strings; "other": objects and anything else that a template cannot show */
  readonly kind: "text" | "number" | "boolean" | "list" | "other";
  /** the distinct values as strings with their counts, in order of appearance; at most `MOST_VALUES` + 1 of them */
  readonly values: ReadonlyMap<string, number>;
  /** characters, on average */
  readonly meanLength: number;
}

export interface DataPreview {
  /** how the file is written, as the task file must specify it; keys whose defaults are right are undefined */
  readonly form: DataForm;
  readonly rows: number;
  readonly columns: readonly ColumnPreview[];
}

/** A column with more distinct values than this holds no labels. */
export const MOST_VALUES = 50;
/** Enough to find the labels; a big file need not be read to its end to write a task for it. */
const MOST_ROWS = 20_000;

/**
 * Summarizes a data file's columns. Anything not given about its form is detected from its content.
 * @throws GlmEvalError (data) if it cannot be read or is empty
 */
export async function previewData(file: string, given: DataForm = {}): Promise<DataPreview> {
  const source = { path: file, name: file };
  const { format, ...form } = await detectForm(source, given);
  const columns = new Map<string, Tally>();
  let rows = 0;
  for await (const { fields } of FORMATS.get(format)!.rows(source, form, STRICT)) {
    if (rows === MOST_ROWS) break;
    rows++;
    for (const [name, value] of Object.entries(fields)) {
      const tally = columns.get(name) ?? new Tally();
      columns.set(name, tally);
      tally.add(value);
    }
  }
  if (rows === 0)
    throw new GlmEvalError("no-examples", `${file}: found no rows`, { hint: "expected one row per example" });
  return { form, rows, columns: [...columns].map(([name, tally]) => ({ name, ...tally.preview() })) };
}

class Tally {
  readonly #kinds = new Set<ColumnPreview["kind"]>();
  readonly #values = new Map<string, number>();
  #length = 0;
  #count = 0;

  add(value: unknown): void {
    if (value === null || value === undefined) return;
    this.#kinds.add(getKind(value));
    this.#count++;
    const text = String(value);
    this.#length += text.length;
    const known = this.#values.get(text);
    if (known !== undefined || this.#values.size <= MOST_VALUES) this.#values.set(text, (known ?? 0) + 1);
  }

  preview(): Omit<ColumnPreview, "name"> {
    const [kind = "other", ...others] = this.#kinds;
    const isScalar = [kind, ...others].every((one) => one !== "list" && one !== "other");
    return {
      kind: others.length === 0 ? kind : isScalar ? "text" : "other",
      values: this.#values,
      meanLength: this.#length / Math.max(1, this.#count),
    };
  }
}

function getKind(value: unknown): ColumnPreview["kind"] {
  if (typeof value === "string") return "text";
  if (typeof value === "number" || typeof value === "bigint") return "number";
  if (typeof value === "boolean") return "boolean";
  return Array.isArray(value) && value.every((each) => typeof each === "string") ? "list" : "other";
}
