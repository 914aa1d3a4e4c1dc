import type { FilePosition, Problems } from "../findings.js";
import { FORMATS } from "./formats/index.js";
import { type ExampleReader, loadPlugin, plain, READERS, type ReaderPlugin } from "./readers/index.js";
import { isModule } from "./user-module.js";

/** Lists the values that `reader` accepts, besides the path of a module. */
export function listReaderNames(): string[] {
  return [...FORMATS.keys(), ...READERS.keys()];
}

/** Whether `reader` accepts the name; a module that does not exist is reported when it is loaded. */
export function isReader(name: string): boolean {
  return listReaderNames().includes(name) || isModule(name);
}

/**
 * Finds the reader with that name; a format's name, or none, means that every row is an example.
 * @param position of the name in the task file
 * @returns undefined for an unknown name, and for a module that is not usable, which is reported
 */
export async function findReader(
  name: string | undefined,
  position: FilePosition,
  problems: Problems,
): Promise<ExampleReader | ReaderPlugin | undefined> {
  if (name === undefined || FORMATS.has(name)) return plain;
  return isModule(name) ? loadPlugin(name, position, problems) : READERS.get(name);
}
