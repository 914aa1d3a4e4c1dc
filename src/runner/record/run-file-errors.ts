import { fileError } from "../../errors.js";

/**
 * Performs an action on a file of a run.
 * @throws GlmEvalError (data) if the system refuses: the disk is full, no permission, …
 */
export async function accessRunFile<T>(file: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const hint = "No work is lost. Fix the problem, then rerun with --resume.";
    throw fileError(error, { file, hint }) ?? error;
  }
}
