import { existsSync } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import path from "node:path";

/**
 * Makes a folder and its missing parents, and returns those that it made, outermost first. (Node's own recursive mkdir
 * never returns, and uses a full core, if the system reports ENOENT for a parent that exists, as in /proc.)
 */
export async function makeFolder(folder: string): Promise<string[]> {
  if (existsSync(folder)) return [];
  const parents = await makeFolder(path.dirname(folder));
  await mkdir(folder).catch(async (error: NodeJS.ErrnoException) => {
    // Another process may have made it in the meantime; a dangling link is not a folder.
    const found = await stat(folder).catch(() => undefined);
    if (error.code !== "EEXIST" || found?.isDirectory() !== true) throw error;
  });
  return [...parents, folder];
}
