import { existsSync, readFileSync } from "node:fs";
import type { CommandTable } from "./command-table.js";

const TABLE_FILE = new URL("./table.json", import.meta.url);

/** The table that the build wrote beside this file; made from the declarations where there is none, as in the sources. */
export async function readTable(): Promise<CommandTable> {
  if (existsSync(TABLE_FILE)) return JSON.parse(readFileSync(TABLE_FILE, "utf8")) as CommandTable;
  return (await import("./make-table.js")).makeTable();
}
