import { existsSync } from "node:fs";
import path from "node:path";
import { BUNDLED_DATA } from "../bundled.js";
import { GlmEvalError } from "../errors.js";
import { FindingError } from "../findings.js";
import { validateCommand } from "../hints.js";
import { findCompleteSuites, findTasks, nearData, pullHint, type Suite, type Task } from "../tasks/index.js";
import type { OnRunEvent } from "./events.js";
import type { PreparedTask } from "./score/prepare-tasks.js";

/**
 * Finds the tasks that names refer to, each once, and the suites that they form.
 * @throws GlmEvalError (usage) if a name is unknown, or two tasks have the same name
 */
export async function findRunTasks(
  names: readonly string[],
): Promise<{ readonly tasks: readonly Task[]; readonly suites: readonly Suite[] }> {
  const found = await Promise.all(names.map(findTasks));
  const tasks = [...new Map(found.flatMap((one) => one.tasks.map((task) => [task.file, task]))).values()];
  const suites = [...found.flatMap(({ suite }) => suite ?? []), ...(await findCompleteSuites(tasks))];
  checkNames(tasks);
  return { tasks, suites: [...new Map(suites.map((suite) => [suite.file, suite])).values()] };
}

/** Samples and journal identify tasks by name. */
function checkNames(tasks: readonly Task[]): void {
  for (const [k, { name, file }] of tasks.entries()) {
    const other = tasks.findIndex((task) => task.name === name);
    if (other < k)
      throw new GlmEvalError(
        "same-task-name",
        `two tasks are named ${name}: ${tasks[other]!.file} and ${file}`,
        {
          hint: "Run them in separate runs, or change the name in one of the files.",
        },
      );
  }
}

/** Missing files are skipped one by one; if all are missing, the folder is wrong. */
export function checkDataIsThere(
  { tasks, suites }: { readonly tasks: readonly Task[]; readonly suites: readonly Suite[] },
  root: string,
  split: string,
): void {
  if (tasks.some((task) => task.find({ root, split }))) return;
  const looked = tasks.flatMap(({ dataFiles }) => dataFiles[split]?.slice(0, 1) ?? []);
  if (looked.length === 0)
    throw new GlmEvalError("data-not-found", `no task has a ${split} split`, {
      hint: "Choose another one with --split.",
    });
  throw new GlmEvalError(
    "data-not-found",
    existsSync(root)
      ? `found no data for these tasks: neither in ${root} nor next to the task files`
      : `no such data folder: ${root}`,
    {
      hint: [
        nearData(tasks[0]!, root, split),
        pullHint(
          tasks,
          `Expected: ${looked.join(", ")}${tasks.some(({ hub }) => hub) ? ", or the hub's files" : ""}. Pass their folder with --data.`,
          suites[0]?.name,
        ),
      ]
        .filter(Boolean)
        .join(" "),
    },
  );
}

/**
 * Reports warnings, and tasks that cannot run, before a model is loaded.
 * @throws GlmEvalError (data) if no task can run
 */
export function reportUnusable(
  prepared: readonly PreparedTask[],
  onEvent: OnRunEvent,
  where: { readonly root: string; readonly split: string },
): void {
  for (const each of prepared)
    for (const text of each.status === "ready" ? (each.warnings ?? []) : [])
      onEvent({ type: "warning", text });
  for (const { task, ...rest } of prepared)
    if (rest.status !== "ready")
      onEvent({ type: "task-left-out", task: task.name, status: rest.status, message: rest.message });
  const failed = prepared.flatMap((each) =>
    each.status === "ready" || each.status === "missing" ? [] : [each],
  );
  if (failed.length === 0 || prepared.some(({ status }) => status === "ready")) return;
  // `tasks validate` shows errors of a task file or its data; other reasons were reported above.
  const invalid = failed.find(({ error }) => error instanceof FindingError);
  throw new GlmEvalError("no-task-can-run", "none of the tasks can run", {
    hint: invalid
      ? `List all errors with ${validateCommand(invalid.task.file, where)}`
      : "The lines above give the reason for each task.",
  });
}

/** Whether a task uses the bundled sample data; a task with its own data next to it can run without --data. */
export function isSample(prepared: PreparedTask): boolean {
  const sample = path.resolve(BUNDLED_DATA) + path.sep;
  return prepared.status === "ready" && prepared.dataset.file.startsWith(sample);
}
