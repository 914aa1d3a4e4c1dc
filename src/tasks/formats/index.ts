import path from "node:path";
import type { FileFormat } from "./file-format.js";
import { json, jsonl } from "./json-files.js";
import { parquet } from "./parquet.js";
import { csv, tsv } from "./text-tables.js";

/** The formats by the names that task files use. */
export const FORMATS: ReadonlyMap<string, FileFormat> = new Map([
  ["jsonl", jsonl],
  ["json", json],
  ["csv", csv],
  ["tsv", tsv],
  ["parquet", parquet],
]);

/** Returns the name of the format for a file's extension, undefined if there is none. */
export function getFormatByExtension(file: string): string | undefined {
  const extension = path.extname(file).toLowerCase();
  return [...FORMATS].find(([, { extensions }]) => extensions.includes(extension))?.[0];
}

export type { DataFile, FileFormat, FormatRow, TextTableOptions } from "./file-format.js";
