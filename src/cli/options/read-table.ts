import { existsSync, readFileSync } from "node:fs";
import type { CommandTable } from "./command-table.js";

const TABLE_FILE = new URL("./table.json", import.meta.url);

/** Reads the table that the build wrote next to this file; in the sources, where there is none, builds it from the declarations. */
export async function readCommandTable(): Promise<CommandTable> {
  if (existsSync(TABLE_FILE)) return JSON.parse(readFileSync(TABLE_FILE, "utf8")) as CommandTable;
  return (await import("./make-table.js")).makeCommandTable();
}
