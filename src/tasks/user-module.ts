import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { FilePosition, Problems } from "../findings.js";
import { nearFiles } from "../hints.js";
import { hashFile } from "./read-lines.js";

/** A module of the user's own that a task file names. */
export interface UserModule {
  /** absolute path */
  readonly file: string;
  /** sha256 of the module, hex */
  readonly hash: string;
  readonly exports: Readonly<Record<string, unknown>>;
  /** Reports what is wrong with the module, at its name in the task file. */
  fail(message: string, hint?: string): undefined;
}

/** Whether a task file's `reader` or metric names a module and not something that comes with the program. */
export function isModule(name: string): boolean {
  return /\.m?js$/i.test(name);
}

/**
 * Loads an ES module by its path from the task file. Its code runs with the user's rights.
 * @param position of the module's name in the task file
 * @returns undefined where it cannot be loaded, which is reported
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
      "there is no such file",
      nearFiles(file, [".js", ".mjs"]) ?? "the path is taken from the task file's folder",
    );
  try {
    const exports = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
    return { file, hash: await hashFile(file), exports, fail };
  } catch (cause) {
    return fail(
      `the module cannot be loaded: ${reason(cause)}`,
      "it must be an ES module (.mjs, or .js beside a package.json of type module)",
    );
  }
}

/** The names of a module's exports, for messages. */
export function exported({ exports }: Pick<UserModule, "exports">): string {
  return Object.keys(exports).join(", ") || "nothing";
}

/** What a user's code threw, in one line. */
export function reason(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
}
