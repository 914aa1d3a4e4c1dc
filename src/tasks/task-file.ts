import { readFile, stat } from "node:fs/promises";
import { GlmEvalError } from "../errors.js";
import type { FindingCode, Problems } from "../findings.js";
import { nearFiles } from "../hints.js";

/** Task files are written manually: anything over a megabyte is not one, and would only waste time. */
const MOST_BYTES = 1_000_000;

/**
 * Reads the bytes of a task file; undefined if it cannot be one, which is reported.
 * @throws GlmEvalError (data) if the file does not exist or cannot be read
 */
export async function readTaskFile(file: string, problems: Problems): Promise<Buffer | undefined> {
  const { size } = await orFileError(file, stat(file));
  const fail = (code: FindingCode, message: string, hint: string): undefined => {
    problems.add({ severity: "error", code, file, message, hint });
  };
  if (size > MOST_BYTES) {
    const megabytes = (size / 1e6).toFixed(1);
    return fail(
      "too-big",
      `the file has ${megabytes} MB; a task file has at most 1 MB`,
      "move the data to its own file",
    );
  }
  const bytes = await orFileError(file, readFile(file));
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return fail("not-utf8", "found bytes that are not UTF-8", "save the file as UTF-8");
  }
  return bytes;
}

async function orFileError<T>(file: string, access: Promise<T>): Promise<T> {
  try {
    return await access;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const message =
      code === "ENOENT"
        ? `there is no task file ${file}`
        : code === "EISDIR"
          ? `${file} is a folder; expected a task file`
          : `cannot read task file ${file}: ${cause}`;
    throw new GlmEvalError("task-file-unreadable", message, {
      cause,
      hint:
        (code === "ENOENT" && nearFiles(file, [".yaml", ".yml"])) ||
        "Pass a built-in name (`glm-eval tasks list`) or the path of a YAML task file.",
    });
  }
}
