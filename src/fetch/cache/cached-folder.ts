import { readdir, rename, rm, statfs } from "node:fs/promises";
import path from "node:path";
import { GlmEvalError } from "../../errors.js";
import { isRunning } from "../../process.js";
import { makeFolder } from "./make-folder.js";
import { writeToCache } from "./write-to-cache.js";

export interface FolderPlan {
  /** size of what will be written, in bytes */
  readonly bytes: number;
  /** whether the existing folder is as good as what `fill` would make */
  readonly isComplete: () => Promise<boolean>;
  /** writes everything into the given folder */
  readonly fill: (folder: string) => Promise<void>;
}

/**
 * Makes a folder in the cache atomically: it appears complete or not at all, even if two processes make it at once.
 * @throws GlmEvalError (model) if the disk is full or the cache is not writable; also what `fill` throws
 */
export async function makeCachedFolder(folder: string, plan: FolderPlan): Promise<void> {
  await writeToCache(path.dirname(folder), () => make(folder, plan));
}

async function make(folder: string, { bytes, isComplete, fill }: FolderPlan): Promise<void> {
  const parent = path.dirname(folder);
  await makeFolder(parent);
  const { bavail, bsize } = await statfs(parent);
  if (bavail * bsize < bytes)
    throw new GlmEvalError(
      "model-cache-full",
      `the conversion needs ${formatGigabytes(bytes)} in ${parent}, which has only ${formatGigabytes(bavail * bsize)} free`,
      {
        hint: "Set GLM_EVAL_CACHE to another folder for converted models; for `models convert`, pass --output.",
      },
    );
  await removeAbandoned(folder);
  const temporary = `${folder}.${process.pid}.partial`;
  await makeFolder(temporary);
  try {
    await fill(temporary);
    await rename(temporary, folder).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
      // A complete folder is as good as ours (another process was faster); a damaged one is replaced.
      if (await isComplete()) return;
      await rm(folder, { recursive: true, force: true });
      await rename(temporary, folder);
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Removes the partial folders of killed processes that were making the same folder: each may be gigabytes. */
async function removeAbandoned(folder: string): Promise<void> {
  const parent = path.dirname(folder);
  for (const name of await readdir(parent)) {
    if (!name.startsWith(`${path.basename(folder)}.`) || !name.endsWith(".partial")) continue;
    const pid = Number(name.split(".").at(-2));
    if (pid !== process.pid && isRunning(pid)) continue;
    await rm(path.join(parent, name), { recursive: true, force: true });
  }
}

function formatGigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
