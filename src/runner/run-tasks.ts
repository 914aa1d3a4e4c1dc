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
 * What the names stand for: each task once, and the suites that they make.
 * @throws GlmEvalError (usage) where a name stands for nothing, or two tasks have one name
 */
export async function askedTasks(
  names: readonly string[],
): Promise<{ readonly tasks: readonly Task[]; readonly suites: readonly Suite[] }> {
  const found = await Promise.all(names.map(findTasks));
  const tasks = [...new Map(found.flatMap((one) => one.tasks.map((task) => [task.file, task]))).values()];
  const suites = [...found.flatMap(({ suite }) => suite ?? []), ...(await findCompleteSuites(tasks))];
  checkNames(tasks);
  return { tasks, suites: [...new Map(suites.map((suite) => [suite.file, suite])).values()] };
}

/** Samples and journal go by task name. */
function checkNames(tasks: readonly Task[]): void {
  for (const [k, { name, file }] of tasks.entries()) {
    const other = tasks.findIndex((task) => task.name === name);
    if (other < k)
      throw new GlmEvalError(
        "same-task-name",
        `two tasks are named ${name}: ${tasks[other]!.file} and ${file}`,
        {
          hint: "Run them one after the other, or change the name in one of the files.",
        },
      );
  }
}

/** One file that is missing is left out; where all are, it is the folder that is wrong. */
export function checkDataIsThere(
  { tasks, suites }: { readonly tasks: readonly Task[]; readonly suites: readonly Suite[] },
  root: string,
  split: string,
): void {
  if (tasks.some((task) => task.find({ root, split }))) return;
  const looked = tasks.flatMap(({ dataFiles }) => dataFiles[split]?.slice(0, 1) ?? []);
  if (looked.length === 0)
    throw new GlmEvalError("data-not-found", `no task has a ${split} split`, {
      hint: "--split names another one.",
    });
  throw new GlmEvalError(
    "data-not-found",
    existsSync(root)
      ? `found no data of these tasks: neither in ${root} nor beside the task files`
      : `no such data folder: ${root}`,
    {
      hint: [
        nearData(tasks[0]!, root, split),
        pullHint(
          tasks,
          `Expected: ${looked.join(", ")}, or the hub's files. Pass their folder with --data.`,
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
  // What is wrong with a task file or its data, validating shows; other reasons were reported above.
  const invalid = failed.find(({ error }) => error instanceof FindingError);
  throw new GlmEvalError("no-task-can-run", "none of the tasks can be run", {
    hint: invalid
      ? `${validateCommand(invalid.task.file, where)} shows all that is wrong`
      : "The lines above give the reason for each task.",
  });
}

/** Whether a task's data is the sample that comes with the package; one beside its own data may be run without naming a folder. */
export function isSample(prepared: PreparedTask): boolean {
  const sample = path.resolve(BUNDLED_DATA) + path.sep;
  return prepared.status === "ready" && prepared.dataset.file.startsWith(sample);
}
