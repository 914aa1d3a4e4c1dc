import { GlmEvalError } from "../../errors.js";
import { dataError, type FilePosition, type Problems } from "../../findings.js";
import { describeError, listExports, loadModule, type UserModule } from "../user-module.js";
import {
  type DataRow,
  type ExampleReader,
  getRowPosition,
  type ReadExample,
  type RowNumber,
} from "./example-reader.js";
import { getRowId } from "./plain.js";

/** A reader from a user's module. */
export type ReaderPlugin = ExampleReader & Pick<UserModule, "file" | "hash">;

/**
 * Loads a reader from an ES module, by its path relative to the task file. The module's code runs with the user's rights. It
 * exports
 * - `read(rows)`: takes an async iterable of rows, `{ fields, row, file }`, and returns examples as an (async) iterable,
 *   usually an async generator. An example is `{ fields }` with, optionally, `id` (unique; default: the field `idx`,
 *   otherwise its number), `gold` (a string or a list of strings), `group` and `cluster`;
 * - `columns`, if the names of the examples' fields are always the same: a list, so templates can be checked before there
 *   is data.
 * @param position of the reader's name in the task file
 * @returns undefined if it is not usable, which is reported
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
      `the module exports ${listExports(module)}; expected a function named read`,
      "export async function* read(rows) { … }",
    );
  }
  if (columns !== undefined && !isStringList(columns)) return fail("columns is not a list of strings");
  return {
    file,
    hash,
    ...(columns !== undefined && { columns }),
    read: (rows) =>
      readExamples(file, read as (rows: AsyncIterable<DataRow>) => AsyncIterable<unknown>, rows),
  };
}

async function* readExamples(
  file: string,
  read: (rows: AsyncIterable<DataRow>) => AsyncIterable<unknown>,
  rows: AsyncIterable<DataRow>,
): AsyncGenerator<ReadExample> {
  let last: DataRow | undefined;
  async function* trackRows(): AsyncGenerator<DataRow> {
    for await (const row of rows) {
      last = row;
      yield row;
    }
  }
  const fail = (message: string, cause?: unknown) => {
    const where = last === undefined ? { file } : getRowPosition(last.file, last.row);
    return dataError(where, "bad-example", `reader ${file}: ${message}`, undefined, cause);
  };
  let number = 0;
  try {
    for await (const found of read(trackRows())) {
      yield toReadExample(found, number, last?.row ?? { unit: "row", number: number + 1 }, fail);
      number++;
    }
  } catch (cause) {
    // Errors in the rows themselves are reported as usual.
    throw cause instanceof GlmEvalError ? cause : fail(describeError(cause), cause);
  }
}

function toReadExample(
  found: unknown,
  number: number,
  row: RowNumber,
  fail: (message: string) => GlmEvalError,
): ReadExample {
  const { id, fields, gold, group, cluster } = (found ?? {}) as Record<string, unknown>;
  if (typeof fields !== "object" || fields === null || Array.isArray(fields))
    throw fail(`example ${number + 1} is ${formatValue(found)}; expected an object with fields`);
  const texts = gold === undefined ? undefined : [gold].flat();
  if (texts !== undefined && !isStringList(texts))
    throw fail(`example ${number + 1} has gold ${formatValue(gold)}; expected a string or a list of strings`);
  const key = (name: string, value: unknown): string | undefined => {
    if (value === undefined) return undefined;
    if (typeof value === "string" || typeof value === "number") return String(value);
    throw fail(`example ${number + 1} has ${name} ${formatValue(value)}; expected a string or a number`);
  };
  const groupKey = key("group", group);
  const clusterKey = key("cluster", cluster);
  return {
    id: key("id", id) ?? getRowId(fields as ReadExample["fields"], number),
    row,
    fields: fields as ReadExample["fields"],
    ...(texts && { gold: texts }),
    ...(groupKey !== undefined && { group: groupKey }),
    ...(clusterKey !== undefined && { cluster: clusterKey }),
  };
}

function isStringList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

function formatValue(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
