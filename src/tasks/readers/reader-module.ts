import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { GlmEvalError } from "../../errors.js";
import { dataError, type Place, type Problems } from "../../findings.js";
import { hashFile } from "../read-lines.js";
import {
  type DataRow,
  type ExampleReader,
  placeOfRow,
  type ReadExample,
  type RowNumber,
} from "./example-reader.js";
import { ownId } from "./plain.js";

/** A reader from a module of the user's own. */
export interface ReaderPlugin extends ExampleReader {
  readonly file: string;
  /** sha256 of the module, hex */
  readonly hash: string;
}

/** Whether a task file's `reader` names a module and not a reader that comes with the program. */
export function isPlugin(reader: string): boolean {
  return /\.m?js$/i.test(reader);
}

/**
 * Loads a reader from an ES module, by its path from the task file. The module's code runs with the user's rights. It
 * exports
 * - `read(rows)`: takes an async iterable of rows, `{ fields, row, file }`, and gives examples as an (async) iterable,
 *   usually an async generator. An example is `{ fields }` with, where wanted, `id` (unique; else the field `idx`, else
 *   its number), `gold` (a text or a list of texts), `group` and `cluster`;
 * - `columns`, where the names of the examples' fields are always the same: a list, so that templates can be checked
 *   before there is data.
 * @param place of the reader's name in the task file
 * @returns undefined where it cannot be used, which is reported
 */
export async function loadPlugin(
  name: string,
  place: Place,
  problems: Problems,
): Promise<ReaderPlugin | undefined> {
  const file = resolve(dirname(place.file), name);
  const fail = (message: string, hint?: string): undefined => {
    problems.add({
      severity: "error",
      code: "bad-reader",
      ...place,
      message: `reader ${file}: ${message}`,
      hint,
    });
  };
  if (!existsSync(file))
    return fail("there is no such file", "the path is taken from the task file's folder");
  let module: { readonly read?: unknown; readonly columns?: unknown };
  try {
    module = await import(pathToFileURL(file).href);
  } catch (cause) {
    return fail(
      `the module cannot be loaded: ${reason(cause)}`,
      "it must be an ES module (.mjs, or .js beside a package.json of type module)",
    );
  }
  const { read, columns } = module;
  if (typeof read !== "function") {
    const found = Object.keys(module).join(", ") || "nothing";
    return fail(
      `the module exports ${found}; expected a function read`,
      "export async function* read(rows) { … }",
    );
  }
  if (columns !== undefined && !isTexts(columns)) return fail("its columns are no list of texts");
  return {
    file,
    hash: await hashFile(file),
    ...(columns !== undefined && { columns }),
    read: (rows) => examples(file, read as (rows: AsyncIterable<DataRow>) => AsyncIterable<unknown>, rows),
  };
}

async function* examples(
  file: string,
  read: (rows: AsyncIterable<DataRow>) => AsyncIterable<unknown>,
  rows: AsyncIterable<DataRow>,
): AsyncGenerator<ReadExample> {
  let last: DataRow | undefined;
  async function* noted(): AsyncGenerator<DataRow> {
    for await (const row of rows) {
      last = row;
      yield row;
    }
  }
  const fail = (message: string, cause?: unknown) => {
    const where = last === undefined ? { file } : placeOfRow(last.file, last.row);
    return dataError(where, "bad-example", `reader ${file}: ${message}`, undefined, cause);
  };
  let number = 0;
  try {
    for await (const found of read(noted())) {
      yield example(found, number, last?.row ?? { unit: "row", number: number + 1 }, fail);
      number++;
    }
  } catch (cause) {
    // What is wrong with the rows themselves is said as ever.
    throw cause instanceof GlmEvalError ? cause : fail(reason(cause), cause);
  }
}

function example(
  found: unknown,
  number: number,
  row: RowNumber,
  fail: (message: string) => GlmEvalError,
): ReadExample {
  const { id, fields, gold, group, cluster } = (found ?? {}) as Record<string, unknown>;
  if (typeof fields !== "object" || fields === null || Array.isArray(fields))
    throw fail(`example ${number + 1} is ${shown(found)}; expected an object with fields`);
  const texts = gold === undefined ? undefined : [gold].flat();
  if (texts !== undefined && !isTexts(texts))
    throw fail(`example ${number + 1} has the gold ${shown(gold)}; expected a text or a list of texts`);
  const key = (name: string, value: unknown): string | undefined => {
    if (value === undefined) return undefined;
    if (typeof value === "string" || typeof value === "number") return String(value);
    throw fail(`example ${number + 1} has the ${name} ${shown(value)}; expected a text or a number`);
  };
  const own = key("group", group);
  const of = key("cluster", cluster);
  return {
    id: key("id", id) ?? ownId(fields as ReadExample["fields"], number),
    row,
    fields: fields as ReadExample["fields"],
    ...(texts && { gold: texts }),
    ...(own !== undefined && { group: own }),
    ...(of !== undefined && { cluster: of }),
  };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function reason(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
}
