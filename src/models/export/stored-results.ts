import { readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { makeFolder } from "../../fetch/cache/index.js";

/** Returns a result about a graph: the one stored next to it, or a newly computed one, which is then stored. */
export async function getOrCompute<T>(
  graph: { readonly folder: string },
  name: string,
  compute: () => Promise<T>,
): Promise<T> {
  const file = path.join(graph.folder, `${name}.json`);
  try {
    return JSON.parse(await readFile(file, "utf8")) as T;
  } catch {
    const computed = await compute();
    // If this cannot be stored, it only costs time.
    await writeJson(file, computed).catch(() => undefined);
    return computed;
  }
}

/** Writes a JSON file completely, or not at all. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  const temporary = `${file}.${process.pid}.partial`;
  await makeFolder(path.dirname(file));
  await writeFile(temporary, `${JSON.stringify(value)}\n`);
  await rename(temporary, file);
}
