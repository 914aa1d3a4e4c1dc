import { GlmEvalError } from "../errors.js";
import { STRICT } from "../findings.js";
import { type DataForm, detectForm } from "./formats/detect-format.js";
import { FORMATS } from "./formats/index.js";

/** What a column of a data file holds, as far as its rows were read. */
export interface ColumnPreview {
  readonly name: string;
  /** "list": texts; "other": objects and what else no template can show */
  readonly kind: "text" | "number" | "boolean" | "list" | "other";
  /** the different values as texts with their frequencies, in the order of finding; at most `MOST_VALUES` + 1 of them */
  readonly values: ReadonlyMap<string, number>;
  /** characters, on average */
  readonly meanLength: number;
}

export interface DataPreview {
  /** how the file is written, as the task file must say it; keys whose defaults are right are undefined */
  readonly form: DataForm;
  readonly rows: number;
  readonly columns: readonly ColumnPreview[];
}

/** A column with more different values than this holds no labels. */
export const MOST_VALUES = 50;
/** Enough to know the labels by; a big file need not be read whole to write a task for it. */
const MOST_ROWS = 20_000;

/**
 * Looks at a data file's columns. What is not given of its form is detected by its content.
 * @throws GlmEvalError (data) if it cannot be read, or holds nothing
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
    throw new GlmEvalError("no-examples", `${file}: found no rows`, { hint: "expected a row an example" });
  return { form, rows, columns: [...columns].map(([name, tally]) => ({ name, ...tally.preview() })) };
}

class Tally {
  readonly #kinds = new Set<ColumnPreview["kind"]>();
  readonly #values = new Map<string, number>();
  #length = 0;
  #count = 0;

  add(value: unknown): void {
    if (value === null || value === undefined) return;
    this.#kinds.add(kindOf(value));
    this.#count++;
    const text = String(value);
    this.#length += text.length;
    const known = this.#values.get(text);
    if (known !== undefined || this.#values.size <= MOST_VALUES) this.#values.set(text, (known ?? 0) + 1);
  }

  preview(): Omit<ColumnPreview, "name"> {
    const [kind = "other", ...others] = this.#kinds;
    const scalar = [kind, ...others].every((one) => one !== "list" && one !== "other");
    return {
      kind: others.length === 0 ? kind : scalar ? "text" : "other",
      values: this.#values,
      meanLength: this.#length / Math.max(1, this.#count),
    };
  }
}

function kindOf(value: unknown): ColumnPreview["kind"] {
  if (typeof value === "string") return "text";
  if (typeof value === "number" || typeof value === "bigint") return "number";
  if (typeof value === "boolean") return "boolean";
  return Array.isArray(value) && value.every((each) => typeof each === "string") ? "list" : "other";
}
