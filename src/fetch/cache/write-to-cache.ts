import path from "node:path";
import { fileError, GlmEvalError } from "../../errors.js";

/** Error codes of a system that refuses to write; ENOENT if it does not allow new folders (/proc). */
const REFUSALS = new Set(
  "EACCES EPERM EROFS ENOSPC EDQUOT ENOTDIR EEXIST ENOENT ELOOP ENAMETOOLONG EINVAL EISDIR".split(" "),
);

/**
 * Writes into a folder of the cache.
 * @throws GlmEvalError (model) if the system refuses, with the folder and a remedy; any other error of `write` as it is
 */
export async function writeToCache<T>(folder: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const { code, path: file, syscall, message } = error as NodeJS.ErrnoException;
    const isInside = file === undefined || isRelated(path.resolve(file), path.resolve(folder));
    if (syscall === undefined || !REFUSALS.has(code ?? "") || !isInside) throw error;
    const why = fileError(error)?.message ?? message;
    throw new GlmEvalError("model-cache-not-writable", `the cache folder ${folder} is not writable: ${why}`, {
      hint: "Set GLM_EVAL_CACHE to a writable folder, or make this one writable.",
      cause: error,
    });
  }
}

/** Whether one path is the other or below it: if a folder cannot be made, the error names one of its parents. */
function isRelated(a: string, b: string): boolean {
  const below = (one: string, other: string) => one === other || one.startsWith(other + path.sep);
  return below(a, b) || below(b, a);
}
