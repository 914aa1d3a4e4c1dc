import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Task } from "./task.js";

/** The built-in tasks, which are named without their path. */
const FOLDER = fileURLToPath(new URL("./superglue/", import.meta.url));

/**
 * Says what to do if data is missing: `otherwise`, and the command that downloads the data if the tasks have a data set on the hub.
 * @param otherwise sentences
 * @param suite the name of the suite that consists of the tasks, if there is one
 */
export function pullHint(
  tasks: readonly Pick<Task, "name" | "file" | "hub">[],
  otherwise: string,
  suite?: string,
): string {
  const pulled = tasks.filter(({ hub }) => hub !== undefined);
  if (pulled.length === 0) return otherwise;
  const names = pulled.map(({ name, file }) => (resolve(file).startsWith(FOLDER) ? name : file));
  return `${otherwise} "glm-eval data pull ${suite ?? names.join(" ")}" downloads the data.`;
}
