import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { didYouMean, GlmEvalError } from "../errors.js";
import { loadTask } from "./load-task.js";
import type { Task } from "./task.js";

/** SuperGLUE's own order: the eight tasks, then the diagnostics. Other files of the folder come after, by name. */
const ORDER = ["boolq", "cb", "copa", "multirc", "record", "rte", "wic", "wsc", "axb", "axg"];

/** Beside this module, in the sources as in the build. */
const FOLDER = fileURLToPath(new URL("./superglue/", import.meta.url));

/**
 * The names of the tasks that come with the program.
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
 * The absolute path of a built-in task's file.
 * @param others names that would do as well where the task is named
 * @throws GlmEvalError (usage) naming the nearest task
 */
export function builtinTaskFile(name: string, others: readonly string[] = []): string {
  const known = builtinTasks();
  if (known.includes(name)) return `${FOLDER}${name}.yaml`;
  throw new GlmEvalError("task-not-found", `there is no task "${name}"`, {
    hint: `${didYouMean(name, [...known, ...others], "tasks")}; or give the path of a task file (.yaml)`,
  });
}

/** Whether it names a file and not something that comes with the program. */
export function isPath(nameOrFile: string): boolean {
  return (
    /[/\\]|\.ya?ml$/i.test(nameOrFile) || (!builtinTasks().includes(nameOrFile) && existsSync(nameOrFile))
  );
}

/**
 * The file of a task, by its built-in name or by the file's path.
 * @throws GlmEvalError (usage) where there is neither
 */
export function taskFileOf(nameOrFile: string, others: readonly string[] = []): string {
  return isPath(nameOrFile) ? nameOrFile : builtinTaskFile(nameOrFile, others);
}

/**
 * A task by its built-in name, or by the path of its file.
 * @throws GlmEvalError (usage) where there is neither, "data" where the file is wrong
 *
 * @example
 * const { labels, patterns } = await findTask("cb");
 * console.log(labels, patterns.map(({ id }) => id));
 */
export async function findTask(nameOrFile: string): Promise<Task> {
  return loadTask(taskFileOf(nameOrFile));
}
