import { fileError } from "../../errors.js";

/**
 * Does something with a file of a run.
 * @throws GlmEvalError (data) where the system refuses: the disk is full, no permission, …
 */
export async function runFile<T>(file: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const hint = "What was scored before is kept. Fix the problem, then run the same command with --resume.";
    throw fileError(error, { file, hint }) ?? error;
  }
}
