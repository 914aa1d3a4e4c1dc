import { builtinTasks, findTask } from "../tasks/index.js";
import { plainTable } from "./plain-table.js";

/** `glm-eval tasks list` */
export async function list(): Promise<void> {
  const rows = await Promise.all(
    builtinTasks().map(async (name) => {
      const task = await findTask(name);
      const patterns = task.patterns.map(({ id }) => (id === task.defaultPattern ? `${id}*` : id));
      return [task.name, patterns.join(" "), task.metrics.join(", "), task.title];
    }),
  );
  process.stdout.write(`${plainTable(["task", "patterns (* default)", "metrics", "title"], rows)}\n`);
}
