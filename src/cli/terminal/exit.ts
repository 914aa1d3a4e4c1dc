import { fileError, GlmEvalError } from "../../errors.js";

/** Exit code of a run stopped by Ctrl-C. */
export const INTERRUPTED = 130;
/** Exit code of a run that finished with failed tasks. */
export const TASKS_FAILED = 5;
/** Exit code of a run whose results are below --fail-under. */
export const FLOOR_MISSED = 100;

/**
 * Prints an error to stderr as one message without a stack trace, and sets the exit code. Only an internal error is printed
 * with its stack.
 */
export function exitWith(error: unknown): void {
  const known = error instanceof GlmEvalError ? error : fileError(error);
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

/** Reports in one line what is below --fail-under. Sets the exit code, unless a more serious problem has set it. */
export function exitBelowFloors(missed: readonly string[]): void {
  if (missed.length === 0) return;
  process.stderr.write(`glm-eval: below --fail-under: ${missed.join("; ")}\n`);
  process.exitCode ??= FLOOR_MISSED;
}
