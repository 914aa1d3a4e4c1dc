import path from "node:path";
import { GlmEvalError } from "../../../errors.js";
import { cacheFolder } from "../../../fetch/cache/index.js";
import { snakeKeys } from "../../../json.js";
import type { DataPullOptions } from "../../../options/index.js";
import { builtinTasks, findTask, findTasks, type Task } from "../../../tasks/index.js";
import { plainTable } from "../../terminal/plain-table.js";
import { createProgress, type Progress } from "../../terminal/progress.js";
import { fetchHubFiles, type HubTask } from "./hub-source.js";
import { downloadFiles, extractArchiveFiles, findFolderFiles, isArchive, isFolder } from "./local-source.js";
import { keepFile, type PulledFile, type SourceFile } from "./pulled-files.js";

/** Number of digits of a hash that are shown. */
const SHOWN = 12;

/** Returns the folder for pulled data, which has a folder per data set. */
export function getPulledFolder(): string {
  return path.join(cacheFolder(), "datasets");
}

/** `glm-eval data pull` */
export async function pull(argv: DataPullOptions): Promise<void> {
  const tasks = await selectTasks(argv.tasks);
  const dataset = findDataset(tasks);
  const folder = path.resolve(argv.dir ?? path.join(getPulledFolder(), dataset.replace("/", "--")));
  const progress = createProgress();
  const kept: { readonly file: PulledFile; readonly wasThere: boolean }[] = [];
  for (const source of await getSourceFiles(argv, dataset, tasks, progress))
    kept.push(await keepFile(folder, source));
  progress.end();
  const use = `glm-eval run ${argv.tasks.join(" ")} --data ${quotePath(folder)}`;
  if (argv.json) {
    const files = kept.map(({ file, wasThere }) => ({ ...file, wasThere }));
    process.stdout.write(`${JSON.stringify(snakeKeys({ folder, dataset, files, use }), null, 2)}\n`);
    return;
  }
  const rows = kept.map(({ file, wasThere }) => [
    file.path,
    `${(file.bytes / 1e3).toLocaleString("en-US", { maximumFractionDigits: 1, minimumFractionDigits: 1 })} kB`,
    file.sha256.slice(0, SHOWN),
    wasThere ? "unchanged" : "new",
  ]);
  const total = kept.reduce((sum, { file }) => sum + file.bytes, 0);
  process.stdout.write(
    `${plainTable(["file", "size", "sha256", ""], rows, ["size"])}\n\n` +
      `${kept.length} files, ${(total / 1e6).toFixed(1)} MB in ${folder}\n` +
      `${describeVerification(kept.map(({ file }) => file))}\nUse them: ${use}\n`,
  );
}

/** @throws GlmEvalError if a task has no data set on the hub, or a source is unreadable */
function getSourceFiles(
  { from, revision, offline }: DataPullOptions,
  dataset: string,
  tasks: readonly HubTask[],
  progress: Progress,
): Promise<readonly SourceFile[]> | readonly SourceFile[] {
  if (from === "hub") return fetchHubFiles(dataset, tasks, { revision, offline }, progress);
  if (/^https?:\/\//i.test(from)) return downloadFiles(from, tasks, { offline, progress });
  if (isArchive(from) && !isFolder(from))
    return extractArchiveFiles(path.resolve(from), path.resolve(from), tasks);
  return findFolderFiles(from, tasks);
}

/** Returns the named tasks. A suite means its entire data set, with the other built-in tasks of it, such as the diagnostics. */
async function selectTasks(names: readonly string[]): Promise<readonly HubTask[]> {
  const found = await Promise.all(names.map(findTasks));
  const tasks = found.flatMap((each) => each.tasks);
  const datasets = new Set(
    found.flatMap(({ suite, tasks: of }) => (suite ? of.map(({ hub }) => hub?.dataset) : [])),
  );
  const others = await Promise.all(builtinTasks().map(findTask));
  const along = others.filter(({ hub }) => hub !== undefined && datasets.has(hub.dataset));
  return [...new Map([...tasks, ...along].map((task) => [task.file, task])).values()].map(requireHub);
}

function requireHub(task: Task): HubTask {
  const { name, file, hub } = task;
  if (hub !== undefined) return { ...task, hub };
  throw new GlmEvalError("no-dataset", `task ${name} (${file}) has no data set on the hub`, {
    hint: "Add it to the task file: hub: { dataset: OWNER/NAME, config: CONFIG } below data.",
  });
}

function findDataset(tasks: readonly HubTask[]): string {
  const [one, another] = new Set(tasks.map(({ hub }) => hub.dataset));
  if (one !== undefined && another === undefined) return one;
  throw new GlmEvalError(
    "conflicting-options",
    one === undefined ? "no task given" : `the tasks belong to several data sets: ${one}, ${another}`,
    { hint: "Pull one data set at a time: glm-eval data pull superglue" },
  );
}

function describeVerification(files: readonly PulledFile[]): string {
  const count = (verified: PulledFile["verified"]) =>
    files.filter((file) => file.verified === verified).length;
  const { from, revision } = files[0]!;
  const at = revision === undefined ? from : `${from} at ${revision.slice(0, SHOWN)}`;
  if (count("hub") === files.length)
    return `Verified: each file has the sha256 that the hub lists for it (${at}).`;
  if (count("archive") === files.length) return "Verified: the archives have their published sha256.";
  const rest = count(null) === files.length ? "" : ` for ${count(null)} of the files`;
  return `Not verified: the source publishes no sha256${rest}; the sha256 of each file is recorded in pulled.json (${at}).`;
}

/** Quotes a path for a shell, if necessary. */
function quotePath(name: string): string {
  return /[^\w./~:-]/.test(name) ? `'${name}'` : name;
}
