import { fileError, GlmEvalError } from "../../errors.js";

/** Exit code of a run that was stopped by Ctrl-C. */
export const INTERRUPTED = 130;
/** Exit code of a run that finished with failed tasks. */
export const TASKS_FAILED = 5;
/** Exit code of a run whose results are below what --fail-under asks for. */
export const FLOOR_MISSED = 100;

/**
 * Says on stderr what went wrong, in one message without a stack trace, and sets the exit code. Only a defect of this
 * program shows its stack.
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

/** Says in one line what is below --fail-under, and sets the exit code, unless something worse has set it. */
export function exitBelowFloors(missed: readonly string[]): void {
  if (missed.length === 0) return;
  process.stderr.write(`glm-eval: below --fail-under: ${missed.join("; ")}\n`);
  process.exitCode ??= FLOOR_MISSED;
}
