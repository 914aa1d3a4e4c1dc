import path from "node:path";
import { fileError, GlmEvalError } from "../../errors.js";

/** How the system refuses to write; ENOENT where it makes no folders (/proc). */
const REFUSALS = new Set(
  "EACCES EPERM EROFS ENOSPC EDQUOT ENOTDIR EEXIST ENOENT ELOOP ENAMETOOLONG EINVAL EISDIR".split(" "),
);

/**
 * Writes into a folder of the cache.
 * @throws GlmEvalError (model) where the system refuses, naming the folder and the way out; what else `write` throws
 */
export async function writeToCache<T>(folder: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const { code, path: file, syscall, message } = error as NodeJS.ErrnoException;
    const isInside = file === undefined || isRelated(path.resolve(file), path.resolve(folder));
    if (syscall === undefined || !REFUSALS.has(code ?? "") || !isInside) throw error;
    const why = fileError(error)?.message ?? message;
    throw new GlmEvalError(
      "model-cache-not-writable",
      `the cache folder ${folder} cannot be written: ${why}`,
      {
        hint: "Set GLM_EVAL_CACHE to a folder that can be written, or make this one writable.",
        cause: error,
      },
    );
  }
}

/** Whether one path is the other or below it: of a folder that cannot be made, a parent is named. */
function isRelated(a: string, b: string): boolean {
  const below = (one: string, other: string) => one === other || one.startsWith(other + path.sep);
  return below(a, b) || below(b, a);
}
