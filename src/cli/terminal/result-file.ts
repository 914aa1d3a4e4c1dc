import { stat } from "node:fs/promises";
import { GlmEvalError } from "../../errors.js";
import { INTERRUPTED } from "./exit.js";
import { type Output, openOutput, stdout } from "./output.js";

/**
 * Where a report goes: a file, or stdout for "-" and where none is named. A file that is there is replaced with --force, or
 * where the terminal's user says so.
 * @throws GlmEvalError (usage) where it may not be replaced, or cannot be written
 */
export async function openReport(
  file: string | undefined,
  { force, isBinary }: { readonly force: boolean; readonly isBinary: boolean },
): Promise<Output> {
  if (file === undefined || file === "-") {
    if (!isBinary || !process.stdout.isTTY) return stdout;
    throw new GlmEvalError("binary-output", "a zip is not for the screen", {
      hint: "Name a file: --output submission.zip",
    });
  }
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() && !force) await askToReplace(file);
  return await openOutput(file);
}

async function askToReplace(file: string): Promise<void> {
  if (process.stdin.isTTY && process.stderr.isTTY) {
    const { confirm, isCancel } = await import("@clack/prompts");
    const answer = await confirm({
      message: `Replace ${file}?`,
      initialValue: false,
      output: process.stderr,
    });
    if (answer === true) return;
    if (isCancel(answer)) process.exit(INTERRUPTED);
  }
  throw new GlmEvalError("output-exists", `${file} is there already`, {
    hint: "Name another file, or add --force to replace it.",
  });
}
