import path from "node:path";
import { BUNDLED_DATA } from "../../../bundled.js";
import { GlmEvalError } from "../../../errors.js";
import { snakeKeys } from "../../../json.js";
import type { TasksListOptions } from "../../../options/index.js";
import { builtinNames, findTasks, type Suite, type Task } from "../../../tasks/index.js";
import { fitted, plainTable, terminalWidth } from "../../terminal/plain-table.js";
import { createProgress } from "../../terminal/progress.js";

interface Listed {
  readonly task: string;
  readonly title: string;
  readonly file: string;
  /** in the validation split; null where its file is not here */
  readonly examples: number | null;
  readonly labels: readonly string[];
  readonly metrics: readonly string[];
  readonly patterns: readonly { readonly id: string; readonly default: boolean }[];
}

/** `glm-eval tasks list`: what comes with the program, or the tasks and suites that are named. */
export async function list(argv: TasksListOptions): Promise<void> {
  const named = argv.tasks;
  const found = await Promise.all((named.length > 0 ? named : builtinNames()).map(findTasks));
  const tasks = [...new Map(found.flatMap((one) => one.tasks.map((task) => [task.file, task]))).values()];
  const suites = found.flatMap(({ suite }) => suite ?? []);
  const root = path.resolve(argv.data ?? BUNDLED_DATA);
  if (process.stderr.isTTY) createProgress().say(`counting the examples in ${root} …`);
  const listed = await Promise.all(tasks.map((task) => listedTask(task, root)));
  if (argv.json) process.stdout.write(`${JSON.stringify(snakeKeys({ tasks: listed, suites }), null, 2)}\n`);
  else process.stdout.write(`${table(listed)}\n${suites.map(suiteLine).join("")}`);
}

async function listedTask(task: Task, root: string): Promise<Listed> {
  return {
    task: task.name,
    title: task.title,
    file: task.file,
    examples: await countExamples(task, root),
    labels: task.labels,
    metrics: task.metrics,
    patterns: task.patterns.map(({ id }) => ({ id, default: id === task.defaultPattern })),
  };
}

/** Nothing is downloaded for a list, and data that cannot be read is no reason to give none. */
async function countExamples(task: Task, root: string): Promise<number | null> {
  if (!task.find({ root })) return null;
  try {
    return (await task.load({ root, downloads: { offline: true } })).examples.length;
  } catch (error) {
    if (error instanceof GlmEvalError) return null;
    throw error;
  }
}

function table(tasks: readonly Listed[]): string {
  const rows = tasks.map(({ task, examples, patterns, metrics, title }) => [
    task,
    examples === null ? "–" : examples.toLocaleString("en-US"),
    patterns.map(({ id, default: isDefault }) => (isDefault ? `${id}*` : id)).join(" "),
    metrics.join(", "),
    title,
  ]);
  return plainTable(["task", "examples", "patterns (* default)", "metrics", "title"], rows, ["examples"], {
    width: terminalWidth(),
    wrapped: ["patterns (* default)", "metrics", "title"],
    optional: ["metrics", "patterns (* default)"],
  });
}

function suiteLine({ name, title, tasks }: Suite): string {
  return `${fitted(`suite ${name} (${title}): ${tasks.join(", ")}`)}\n`;
}
