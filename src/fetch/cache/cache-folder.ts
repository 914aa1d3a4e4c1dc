import os from "node:os";
import path from "node:path";

/** Returns the folder of converted models, downloaded data files and cached hashes: GLM_EVAL_CACHE, else the user's cache folder. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.GLM_EVAL_CACHE) return path.resolve(env.GLM_EVAL_CACHE);
  return path.join(env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache"), "glm-eval");
}
