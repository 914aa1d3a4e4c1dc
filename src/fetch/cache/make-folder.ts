import { existsSync } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import path from "node:path";

/**
 * Makes a folder and the parents that it lacks, and returns those that were made, outermost first. (Node's own
 * recursive mkdir never returns, and uses a full core, where the system says ENOENT for a parent that exists, as in
 * /proc.)
 */
export async function makeFolder(folder: string): Promise<string[]> {
  if (existsSync(folder)) return [];
  const parents = await makeFolder(path.dirname(folder));
  await mkdir(folder).catch(async (error: NodeJS.ErrnoException) => {
    // Another process may have made it meanwhile; a link that leads nowhere is not a folder.
    const found = await stat(folder).catch(() => undefined);
    if (error.code !== "EEXIST" || found?.isDirectory() !== true) throw error;
  });
  return [...parents, folder];
}
