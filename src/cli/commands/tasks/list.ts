import path from "node:path";
import { BUNDLED_DATA } from "../../../bundled.js";
import { GlmEvalError } from "../../../errors.js";
import { snakeKeys } from "../../../json.js";
import type { TasksListOptions } from "../../../options/index.js";
import { builtinNames, findTasks, type Suite, type Task } from "../../../tasks/index.js";
import { plainTable, terminalWidth, wrapParagraph } from "../../terminal/plain-table.js";
import { createProgress } from "../../terminal/progress.js";

interface Listed {
  readonly task: string;
  readonly title: string;
  readonly file: string;
  /** in the validation split; null if its file is missing or unreadable */
  readonly examples: number | null;
  readonly labels: readonly string[];
  readonly metrics: readonly string[];
  readonly patterns: readonly { readonly id: string; readonly default: boolean }[];
}

/** `glm-eval tasks list`: lists the given tasks and suites; default: the built-in ones. */
export async function list(argv: TasksListOptions): Promise<void> {
  const named = argv.tasks;
  const found = await Promise.all((named.length > 0 ? named : builtinNames()).map(findTasks));
  const tasks = [...new Map(found.flatMap((one) => one.tasks.map((task) => [task.file, task]))).values()];
  const suites = found.flatMap(({ suite }) => suite ?? []);
  const root = path.resolve(argv.data ?? BUNDLED_DATA);
  if (process.stderr.isTTY) createProgress().say(`counting the examples in ${root} …`);
  const listed = await Promise.all(tasks.map((task) => describeTask(task, root)));
  if (argv.json) process.stdout.write(`${JSON.stringify(snakeKeys({ tasks: listed, suites }), null, 2)}\n`);
  else process.stdout.write(`${formatTable(listed)}\n${suites.map(formatSuite).join("")}`);
}

async function describeTask(task: Task, root: string): Promise<Listed> {
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

/** Counts the examples of a task. Nothing is downloaded for a list, and unreadable data does not prevent it. */
async function countExamples(task: Task, root: string): Promise<number | null> {
  if (!task.find({ root })) return null;
  try {
    return (await task.load({ root, downloads: { offline: true } })).examples.length;
  } catch (error) {
    if (error instanceof GlmEvalError) return null;
    throw error;
  }
}

function formatTable(tasks: readonly Listed[]): string {
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

function formatSuite({ name, title, tasks }: Suite): string {
  return `${wrapParagraph(`suite ${name} (${title}): ${tasks.join(", ")}`)}\n`;
}
