import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { FilePosition, Problems } from "../findings.js";
import { nearFiles } from "../hints.js";
import { hashFile } from "./read-lines.js";

/** A user's module that a task file names. */
export interface UserModule {
  /** absolute path */
  readonly file: string;
  /** sha256 of the module, hex */
  readonly hash: string;
  readonly exports: Readonly<Record<string, unknown>>;
  /** Reports an error of the module, at its name in the task file. */
  fail(message: string, hint?: string): undefined;
}

/** Whether a task file's `reader` or metric names a module rather than a built-in one. */
export function isModule(name: string): boolean {
  return /\.m?js$/i.test(name);
}

/**
 * Loads an ES module by its path relative to the task file. Its code runs with the user's rights.
 * @param position of the module's name in the task file
 * @returns undefined if it cannot be loaded, which is reported
 */
export async function loadModule(
  kind: "reader" | "metric",
  name: string,
  position: FilePosition,
  problems: Problems,
): Promise<UserModule | undefined> {
  const file = resolve(dirname(position.file), name);
  const fail = (message: string, hint?: string): undefined => {
    problems.add({
      severity: "error",
      code: kind === "reader" ? "bad-reader" : "bad-metric",
      ...position,
      message: `${kind} ${file}: ${message}`,
      hint,
    });
  };
  if (!existsSync(file))
    return fail(
      "the file does not exist",
      nearFiles(file, [".js", ".mjs"]) ?? "the path is relative to the task file's folder",
    );
  try {
    const exports = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
    return { file, hash: await hashFile(file), exports, fail };
  } catch (cause) {
    return fail(
      `the module failed to load: ${describeError(cause)}`,
      "it must be an ES module (.mjs, or .js with a package.json of type module)",
    );
  }
}

/** Lists the names of a module's exports, for messages. */
export function listExports({ exports }: Pick<UserModule, "exports">): string {
  return Object.keys(exports).join(", ") || "nothing";
}

/** Formats what a user's code threw, as one line. */
export function describeError(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
}
