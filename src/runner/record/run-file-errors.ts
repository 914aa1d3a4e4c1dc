import { fileError } from "../../errors.js";

/** Does something with a file of a run. @throws GlmEvalError("data") where the system refuses: the disk is full, … */
export async function kept<T>(file: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const hint = "What was scored before is kept: make that good, and go on with --resume.";
    throw fileError(error, { file, hint }) ?? error;
  }
}
