import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** Returns the size of a file in bytes, following links; undefined if there is none. */
export async function fileSize(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === false ? found.size : undefined;
}

/** Returns the names of the files directly in a folder; none if there is no such folder. */
export async function existingFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(names.map((name) => fileSize(join(folder, name))));
  return names.filter((_, i) => sizes[i] !== undefined);
}
