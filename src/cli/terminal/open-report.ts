import { stat } from "node:fs/promises";
import { GlmEvalError } from "../../errors.js";
import { INTERRUPTED } from "./exit.js";
import { type Output, openOutput, stdout } from "./output.js";

/**
 * Opens the destination of a report: a file, or stdout for "-" and by default. An existing file is replaced with --force, or
 * if the user confirms it at the terminal.
 * @throws GlmEvalError (usage) if the file must not be replaced, or is not writable
 */
export async function openReport(
  file: string | undefined,
  { force, isBinary }: { readonly force: boolean; readonly isBinary: boolean },
): Promise<Output> {
  if (file === undefined || file === "-") {
    if (!isBinary || !process.stdout.isTTY) return stdout;
    throw new GlmEvalError("binary-output", "a zip file cannot be printed to a terminal", {
      hint: "Pass a file: --output submission.zip",
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
  throw new GlmEvalError("output-exists", `${file} already exists`, {
    hint: "Pass another file, or --force to replace it.",
  });
}
