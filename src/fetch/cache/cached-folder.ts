import { readdir, rename, rm, statfs } from "node:fs/promises";
import path from "node:path";
import { GlmEvalError } from "../../errors.js";
import { isRunning } from "../../process.js";
import { makeFolder } from "./make-folder.js";
import { writeToCache } from "./write-to-cache.js";

export interface FolderPlan {
  /** what will be written, in bytes */
  readonly bytes: number;
  /** whether what stands there already is as good as what `fill` would make */
  readonly isWhole: () => Promise<boolean>;
  /** writes everything into the folder it is given */
  readonly fill: (folder: string) => Promise<void>;
}

/**
 * Makes a folder of the cache. It appears whole or not at all, also when two processes make the same one at once.
 * @throws GlmEvalError (model) where the disk has no room or the cache cannot be written to, and what `fill` throws
 */
export async function makeCachedFolder(folder: string, plan: FolderPlan): Promise<void> {
  await writeToCache(path.dirname(folder), () => make(folder, plan));
}

async function make(folder: string, { bytes, isWhole, fill }: FolderPlan): Promise<void> {
  const parent = path.dirname(folder);
  await makeFolder(parent);
  const { bavail, bsize } = await statfs(parent);
  if (bavail * bsize < bytes)
    throw new GlmEvalError(
      "model-cache-full",
      `converting needs ${gigabytes(bytes)} in ${parent}, where ${gigabytes(bavail * bsize)} are free`,
      {
        hint: "GLM_EVAL_CACHE names another folder for converted models, --output that of `models convert`.",
      },
    );
  await removeAbandoned(folder);
  const temporary = `${folder}.${process.pid}.partial`;
  await makeFolder(temporary);
  try {
    await fill(temporary);
    await rename(temporary, folder).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
      // A folder that is whole is as good as ours (another process was faster); a damaged one makes way.
      if (await isWhole()) return;
      await rm(folder, { recursive: true, force: true });
      await rename(temporary, folder);
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Removes what killed makers of the same folder left behind: their process is gone, their gigabytes are not. */
async function removeAbandoned(folder: string): Promise<void> {
  const parent = path.dirname(folder);
  for (const name of await readdir(parent)) {
    if (!name.startsWith(`${path.basename(folder)}.`) || !name.endsWith(".partial")) continue;
    const pid = Number(name.split(".").at(-2));
    if (pid !== process.pid && isRunning(pid)) continue;
    await rm(path.join(parent, name), { recursive: true, force: true });
  }
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
