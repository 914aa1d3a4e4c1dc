import { readdir } from "node:fs/promises";
import path from "node:path";
import { GlmEvalError } from "../../../errors.js";
import { snakeKeys } from "../../../json.js";
import type { DataListOptions } from "../../../options/index.js";
import { builtinTasks, findTask, type Task } from "../../../tasks/index.js";
import { plainTable } from "../../terminal/plain-table.js";
import { createProgress } from "../../terminal/progress.js";
import { getPulledFolder } from "./pull-data.js";
import { hashFile, type PulledFile, readPulled } from "./pulled-files.js";

/** Number of digits of a hash that are shown. */
const SHOWN = 12;

/** One split of a task in a folder. */
interface Listed {
  readonly task: string;
  readonly split: string;
  /** null if the file is unreadable */
  readonly examples: number | null;
  readonly layout: string | null;
  /** path relative to the folder */
  readonly file: string;
  readonly sha256: string | null;
  /** whether the file is unchanged since it was pulled; null if it was not pulled */
  readonly asPulled: boolean | null;
  /** why it is unreadable */
  readonly message: string | null;
}

/** `glm-eval data list` */
export async function list({ data, json }: DataListOptions): Promise<void> {
  const folders = data === undefined ? await pulledFolders() : [path.resolve(data)];
  const tasks = await Promise.all(builtinTasks().map(findTask));
  const progress = createProgress();
  const listed: { readonly folder: string; readonly splits: readonly Listed[] }[] = [];
  for (const folder of folders) {
    if (process.stderr.isTTY) progress.say(`counting the examples in ${folder} …`);
    listed.push({ folder, splits: await listFolder(folder, tasks) });
  }
  if (json) {
    process.stdout.write(`${JSON.stringify(snakeKeys({ folders: listed }), null, 2)}\n`);
    return;
  }
  for (const { folder, splits } of listed)
    process.stdout.write(
      splits.length === 0 ? `${folder}: found no data of a built-in task\n` : formatTable(folder, splits),
    );
  if (folders.length === 0) process.stdout.write(`nothing was pulled into ${getPulledFolder()}\n`);
  if (listed.every(({ splits }) => splits.length === 0))
    process.stdout.write("glm-eval data pull superglue downloads SuperGLUE\n");
}

async function pulledFolders(): Promise<string[]> {
  const entries = await readdir(getPulledFolder(), { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => path.join(getPulledFolder(), name));
}

async function listFolder(folder: string, tasks: readonly Task[]): Promise<Listed[]> {
  const pulled = await readPulled(folder);
  const listed: Listed[] = [];
  for (const task of tasks)
    for (const split of Object.keys(task.dataFiles)) {
      const file = task.find({ root: folder, split });
      if (file !== undefined) listed.push(await listSplit(folder, { task, split, file }, pulled));
    }
  return listed;
}

async function listSplit(
  folder: string,
  { task, split, file }: { readonly task: Task; readonly split: string; readonly file: string },
  pulled: readonly PulledFile[],
): Promise<Listed> {
  const name = path.relative(folder, file).split(path.sep).join("/");
  const known = pulled.find((each) => each.path === name);
  const about = {
    ...{ task: task.name, split, file: name },
    asPulled: known === undefined ? null : known.sha256 === (await hashFile(file)),
  };
  try {
    const { examples, layout = null, hash } = await task.load({ root: folder, split });
    return { ...about, examples: examples.length, layout, sha256: hash, message: null };
  } catch (error) {
    if (!(error instanceof GlmEvalError)) throw error;
    return { ...about, examples: null, layout: null, sha256: null, message: error.message };
  }
}

function formatTable(folder: string, splits: readonly Listed[]): string {
  const rows = splits.map(({ task, split, examples, layout, file, sha256, asPulled, message }) => [
    task,
    split,
    examples === null ? "–" : examples.toLocaleString("en-US"),
    layout ?? "–",
    file,
    sha256?.slice(0, SHOWN) ?? "–",
    message ?? (asPulled === null ? "" : asPulled ? "unchanged" : "changed since it was pulled"),
  ]);
  const head = ["task", "split", "examples", "layout", "file", "sha256", ""];
  return `${folder}\n${plainTable(head, rows, ["examples"])}\n\n`;
}
