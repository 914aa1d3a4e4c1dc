import { GlmEvalError } from "../errors.js";

/** Exit code of a run that was stopped by Ctrl-C. */
export const INTERRUPTED = 130;
/** Exit code of a run that finished with failed tasks. */
export const TASKS_FAILED = 5;

/** What the operating system's refusals mean to a user. */
const FILE_ERRORS: Record<string, string> = {
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  ENOENT: "no such file or folder",
  ENOTDIR: "a part of the path is not a folder",
  EISDIR: "it is a folder",
  EEXIST: "it exists already",
  EMFILE: "too many open files",
};

/**
 * Says on stderr what went wrong, in one message without a stack trace, and sets the exit code. Only a defect of this
 * program shows its stack.
 */
export function exitWith(error: unknown): void {
  const known = asKnown(error);
  if (known) {
    process.stderr.write(`glm-eval: ${known.message}\n${known.hint ? `  ${known.hint}\n` : ""}`);
    process.exitCode = known.exitCode;
    return;
  }
  process.stderr.write(
    `glm-eval: internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = 1;
}

function asKnown(error: unknown): GlmEvalError | undefined {
  if (error instanceof GlmEvalError) return error;
  const { code, path, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  const meaning = code && syscall ? FILE_ERRORS[code] : undefined;
  return meaning ? new GlmEvalError("data", `${path ?? "a file"}: ${meaning} (${syscall})`) : undefined;
}
