import { readFile, stat } from "node:fs/promises";
import { GlmEvalError } from "../errors.js";
import type { FindingCode, Problems } from "../findings.js";
import { nearFiles } from "../hints.js";

/** A task file is written by hand: one beyond a megabyte is none, and would only keep the machine busy. */
const MOST_BYTES = 1_000_000;

/**
 * The text of a task file; undefined where it cannot be one, which is reported.
 * @throws GlmEvalError (data) where there is no such file, or it may not be read
 */
export async function readTaskFile(file: string, problems: Problems): Promise<Buffer | undefined> {
  const { size } = await found(file, stat(file));
  const fail = (code: FindingCode, message: string, hint: string): undefined => {
    problems.add({ severity: "error", code, file, message, hint });
  };
  if (size > MOST_BYTES) {
    const megabytes = (size / 1e6).toFixed(1);
    return fail(
      "too-big",
      `found ${megabytes} MB; a task file has at most 1`,
      "data belongs in a file of its own",
    );
  }
  const bytes = await found(file, readFile(file));
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return fail("not-utf8", "found bytes that are not UTF-8", "save the file as UTF-8");
  }
  return bytes;
}

async function found<T>(file: string, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
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
        "Give a built-in name (`glm-eval tasks list`) or the path of a YAML task file.",
    });
  }
}
