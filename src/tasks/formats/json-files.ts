import { dataError, type FilePosition, type Problems } from "../../findings.js";
import { readLines, readText } from "../read-lines.js";
import type { FileFormat, FormatRow } from "./file-format.js";

/** One JSON object per line; its keys are the columns. */
export const jsonl: FileFormat = {
  extensions: [".jsonl", ".ndjson"],
  isTable: false,
  async *rows(file, _, problems) {
    for await (const { number, text } of readLines(file.path, file.name)) {
      const at = { file: file.name, line: number };
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch (cause) {
        const message = `the line is not JSON: ${describeError(cause)}`;
        const hint = "expected one JSON object per line";
        problems.add({ severity: "error", code: "not-json", ...at, message, hint });
        continue;
      }
      if (isObject(value, at, problems)) yield { row: { unit: "line", number }, fields: value };
    }
  },
};

/** One JSON array of objects, read in one piece. */
export const json: FileFormat = {
  extensions: [".json"],
  isTable: false,
  async *rows(file, _, problems) {
    const text = await readText(file.path, file.name);
    const hint = "for one JSON object per line, write reader: jsonl below data";
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      const message = `the file is not JSON: ${describeError(cause)}`;
      throw dataError({ file: file.name }, "not-json", message, hint, cause);
    }
    if (!Array.isArray(value)) {
      const message = `found ${formatValue(value)}; expected a list of JSON objects`;
      throw dataError({ file: file.name }, "not-json", message, hint);
    }
    for (const [i, each] of value.entries()) {
      const number = i + 1;
      if (isObject(each, { file: file.name, row: number }, problems))
        yield { row: { unit: "row", number }, fields: each };
    }
  },
};

function describeError(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function isObject(value: unknown, at: FilePosition, problems: Problems): value is FormatRow["fields"] {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return true;
  const message = `found ${formatValue(value)}; expected a JSON object`;
  problems.add({ severity: "error", code: "not-json", ...at, message });
  return false;
}

function formatValue(value: unknown): string {
  return JSON.stringify(value).slice(0, 40);
}
