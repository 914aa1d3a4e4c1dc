import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { didYouMean, GlmEvalError } from "../errors.js";
import { loadTask } from "./load-task.js";
import type { Task } from "./task.js";

/** SuperGLUE's own order: the eight tasks, then the diagnostics. Other files in the folder follow, by name. */
const ORDER = ["boolq", "cb", "copa", "multirc", "record", "rte", "wic", "wsc", "axb", "axg"];

/** Next to this module, both in the sources and in the build. */
const FOLDER = fileURLToPath(new URL("./superglue/", import.meta.url));

/**
 * Returns the names of the built-in tasks.
 *
 * @example
 * console.log(builtinTasks().includes("boolq")); // true
 */
export function builtinTasks(): readonly string[] {
  const rank = (name: string) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.slice(0, -".yaml".length))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/**
 * Returns the absolute path of a built-in task's file.
 * @param others other names that are valid where the task is named
 * @throws GlmEvalError (usage) naming the nearest task
 */
export function builtinTaskFile(name: string, others: readonly string[] = []): string {
  const known = builtinTasks();
  if (known.includes(name)) return `${FOLDER}${name}.yaml`;
  throw new GlmEvalError("task-not-found", `there is no task "${name}"`, {
    hint: `${didYouMean(name, [...known, ...others], "tasks")}; or pass the path of a task file (.yaml)`,
  });
}

/** Whether it names a file rather than a built-in task. */
export function isPath(nameOrFile: string): boolean {
  return (
    /[/\\]|\.ya?ml$/i.test(nameOrFile) || (!builtinTasks().includes(nameOrFile) && existsSync(nameOrFile))
  );
}

/**
 * Returns the file of a task, by its built-in name or by the file's path.
 * @throws GlmEvalError (usage) if there is neither
 */
export function resolveTaskFile(nameOrFile: string, others: readonly string[] = []): string {
  return isPath(nameOrFile) ? nameOrFile : builtinTaskFile(nameOrFile, others);
}

/**
 * Loads a task by its built-in name or by the path of its file.
 * @throws GlmEvalError (usage) if there is neither, (data) if the file has errors
 *
 * @example
 * const { labels, patterns } = await findTask("cb");
 * console.log(labels, patterns.map(({ id }) => id));
 */
export async function findTask(nameOrFile: string): Promise<Task> {
  return loadTask(resolveTaskFile(nameOrFile));
}
