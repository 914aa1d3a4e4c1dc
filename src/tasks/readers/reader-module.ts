import { GlmEvalError } from "../../errors.js";
import { dataError, type FilePosition, type Problems } from "../../findings.js";
import { exported, loadModule, reason, type UserModule } from "../user-module.js";
import {
  type DataRow,
  type ExampleReader,
  positionOfRow,
  type ReadExample,
  type RowNumber,
} from "./example-reader.js";
import { ownId } from "./plain.js";

/** A reader from a module of the user's own. */
export type ReaderPlugin = ExampleReader & Pick<UserModule, "file" | "hash">;

/**
 * Loads a reader from an ES module, by its path from the task file. The module's code runs with the user's rights. It
 * exports
 * - `read(rows)`: takes an async iterable of rows, `{ fields, row, file }`, and gives examples as an (async) iterable,
 *   usually an async generator. An example is `{ fields }` with, where wanted, `id` (unique; else the field `idx`, else
 *   its number), `gold` (a text or a list of texts), `group` and `cluster`;
 * - `columns`, where the names of the examples' fields are always the same: a list, so that templates can be checked
 *   before there is data.
 * @param position of the reader's name in the task file
 * @returns undefined where it cannot be used, which is reported
 */
export async function loadPlugin(
  name: string,
  position: FilePosition,
  problems: Problems,
): Promise<ReaderPlugin | undefined> {
  const module = await loadModule("reader", name, position, problems);
  if (module === undefined) return undefined;
  const { file, hash, fail } = module;
  const { read, columns } = module.exports;
  if (typeof read !== "function") {
    return fail(
      `the module exports ${exported(module)}; expected a function read`,
      "export async function* read(rows) { … }",
    );
  }
  if (columns !== undefined && !isTexts(columns)) return fail("its columns are no list of texts");
  return {
    file,
    hash,
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
    const where = last === undefined ? { file } : positionOfRow(last.file, last.row);
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
