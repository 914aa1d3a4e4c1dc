import type { FilePosition, Problems } from "../findings.js";
import { FORMATS } from "./formats/index.js";
import { type ExampleReader, loadPlugin, plain, READERS, type ReaderPlugin } from "./readers/index.js";
import { isModule } from "./user-module.js";

/** What `reader` may say, besides the path of a module. */
export function readerNames(): string[] {
  return [...FORMATS.keys(), ...READERS.keys()];
}

/** Whether `reader` may say that; whether a module is there is seen when it is loaded. */
export function isReader(name: string): boolean {
  return readerNames().includes(name) || isModule(name);
}

/**
 * The reader of that name; a format's name, or none, means that every row is an example.
 * @param position of the name in the task file
 * @returns undefined for a name that is none, and for a module that cannot be used, which is reported
 */
export async function readerOf(
  name: string | undefined,
  position: FilePosition,
  problems: Problems,
): Promise<ExampleReader | ReaderPlugin | undefined> {
  if (name === undefined || FORMATS.has(name)) return plain;
  return isModule(name) ? loadPlugin(name, position, problems) : READERS.get(name);
}
