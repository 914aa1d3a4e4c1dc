import Table from "cli-table3";
import { builtinTasks, findTask } from "../tasks/index.js";

/** `glm-eval tasks list` */
export async function list(): Promise<void> {
  const table = new Table({
    head: ["task", "title", "metrics", "patterns (* default)"],
    style: { head: [], border: [] },
  });
  for (const name of builtinTasks()) {
    const task = await findTask(name);
    const patterns = task.patterns.map(({ id }) => (id === task.defaultPattern ? `${id}*` : id));
    table.push([task.name, task.title, task.metrics.join(", "), patterns.join(" ")]);
  }
  process.stdout.write(`${table.toString()}\n`);
}
