import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { GlmEvalError, nearest } from "../errors.js";
import { loadTask } from "./load.js";
import type { Task } from "./types.js";

/** SuperGLUE's own order: the eight tasks, then the diagnostics. Other files of the folder come after, by name. */
const ORDER = ["boolq", "cb", "copa", "multirc", "record", "rte", "wic", "wsc", "axb", "axg"];

/** Beside this module, in the sources as in the build. */
const FOLDER = fileURLToPath(new URL("./superglue/", import.meta.url));

/** The names of the tasks that come with the program. */
export function builtinTasks(): readonly string[] {
  const rank = (name: string) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.slice(0, -".yaml".length))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/** The absolute path of a built-in task's file. @throws GlmEvalError("usage") naming the nearest task */
export function builtinTaskFile(name: string): string {
  const known = builtinTasks();
  if (known.includes(name)) return `${FOLDER}${name}.yaml`;
  const near = nearest(name, known);
  throw new GlmEvalError("usage", `there is no task "${name}"`, {
    hint: `${near === undefined ? "" : `did you mean "${near}"? `}The tasks are: ${known.join(", ")}; or give the path of a task file (.yaml)`,
  });
}

/**
 * A task by its built-in name, or by the path of its file.
 * @throws GlmEvalError("usage") where there is neither, "data" where the file is wrong
 */
export async function findTask(nameOrFile: string): Promise<Task> {
  const isPath =
    /[/\\]|\.ya?ml$/i.test(nameOrFile) || (!builtinTasks().includes(nameOrFile) && existsSync(nameOrFile));
  return loadTask(isPath ? nameOrFile : builtinTaskFile(nameOrFile));
}
