import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Task } from "./task.js";

/** The built-in tasks, which are named without their path. */
const FOLDER = fileURLToPath(new URL("./superglue/", import.meta.url));

/**
 * What to do where data is missing: the command that downloads it, where tasks have a data set on the hub, and what else
 * there is to do.
 * @param suite the tasks' own name together, where they have one
 */
export function pullHint(
  tasks: readonly Pick<Task, "name" | "file" | "hub">[],
  otherwise: string,
  suite?: string,
): string {
  const pulled = tasks.filter(({ hub }) => hub !== undefined);
  if (pulled.length === 0) return otherwise;
  const names = pulled.map(({ name, file }) => (resolve(file).startsWith(FOLDER) ? name : file));
  return `${otherwise}; glm-eval data pull ${suite ?? names.join(" ")} downloads them`;
}
