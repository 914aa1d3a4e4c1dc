import path from "node:path";
import { GlmEvalError } from "../../../errors.js";
import { cacheFolder } from "../../../fetch/cache/index.js";
import { snakeKeys } from "../../../json.js";
import type { DataPullOptions } from "../../../options/index.js";
import { builtinTasks, findTask, findTasks, type Task } from "../../../tasks/index.js";
import { plainTable } from "../../terminal/plain-table.js";
import { createProgress, type Progress } from "../../terminal/progress.js";
import { type HubTask, hubFiles } from "./hub-source.js";
import { archiveFiles, downloadedFiles, folderFiles, isArchive, isFolder } from "./local-source.js";
import { keepFile, type PulledFile, type SourceFile } from "./pulled-files.js";

/** As many digits of a hash as are shown. */
const SHOWN = 12;

/** Where data goes that was pulled: a folder a data set. */
export function pulledFolder(): string {
  return path.join(cacheFolder(), "datasets");
}

/** `glm-eval data pull` */
export async function pull(argv: DataPullOptions): Promise<void> {
  const tasks = await pulledTasks(argv.tasks);
  const dataset = oneDataset(tasks);
  const folder = path.resolve(argv.dir ?? path.join(pulledFolder(), dataset.replace("/", "--")));
  const progress = createProgress();
  const kept: { readonly file: PulledFile; readonly wasThere: boolean }[] = [];
  for (const source of await sourceFiles(argv, dataset, tasks, progress))
    kept.push(await keepFile(folder, source));
  progress.end();
  const use = `glm-eval run ${argv.tasks.join(" ")} --data ${quoted(folder)}`;
  if (argv.json) {
    const files = kept.map(({ file, wasThere }) => ({ ...file, wasThere }));
    process.stdout.write(`${JSON.stringify(snakeKeys({ folder, dataset, files, use }), null, 2)}\n`);
    return;
  }
  const rows = kept.map(({ file, wasThere }) => [
    file.path,
    `${(file.bytes / 1e3).toLocaleString("en-US", { maximumFractionDigits: 1, minimumFractionDigits: 1 })} kB`,
    file.sha256.slice(0, SHOWN),
    wasThere ? "was there" : "new",
  ]);
  const total = kept.reduce((sum, { file }) => sum + file.bytes, 0);
  process.stdout.write(
    `${plainTable(["file", "size", "sha256", ""], rows, ["size"])}\n\n` +
      `${kept.length} files, ${(total / 1e6).toFixed(1)} MB in ${folder}\n` +
      `${verdict(kept.map(({ file }) => file))}\nUse them: ${use}\n`,
  );
}

/** @throws GlmEvalError where a task has no data set on the hub, or a source cannot be read */
function sourceFiles(
  { from, revision, offline }: DataPullOptions,
  dataset: string,
  tasks: readonly HubTask[],
  progress: Progress,
): Promise<readonly SourceFile[]> | readonly SourceFile[] {
  if (from === "hub") return hubFiles(dataset, tasks, { revision, offline }, progress);
  if (/^https?:\/\//i.test(from)) return downloadedFiles(from, tasks, { offline, progress });
  if (isArchive(from) && !isFolder(from)) return archiveFiles(path.resolve(from), path.resolve(from), tasks);
  return folderFiles(from, tasks);
}

/** A suite stands for its data set: the built-in tasks of the same one, such as the diagnostics, come along. */
async function pulledTasks(names: readonly string[]): Promise<readonly HubTask[]> {
  const found = await Promise.all(names.map(findTasks));
  const tasks = found.flatMap((each) => each.tasks);
  const datasets = new Set(
    found.flatMap(({ suite, tasks: of }) => (suite ? of.map(({ hub }) => hub?.dataset) : [])),
  );
  const others = await Promise.all(builtinTasks().map(findTask));
  const along = others.filter(({ hub }) => hub !== undefined && datasets.has(hub.dataset));
  return [...new Map([...tasks, ...along].map((task) => [task.file, task])).values()].map(onHub);
}

function onHub(task: Task): HubTask {
  const { name, file, hub } = task;
  if (hub !== undefined) return { ...task, hub };
  throw new GlmEvalError("no-dataset", `task ${name} (${file}) names no data set on the hub`, {
    hint: "Name one in the task file: hub: { dataset: OWNER/NAME, config: CONFIG } below data.",
  });
}

function oneDataset(tasks: readonly HubTask[]): string {
  const [one, another] = new Set(tasks.map(({ hub }) => hub.dataset));
  if (one !== undefined && another === undefined) return one;
  throw new GlmEvalError(
    "conflicting-options",
    one === undefined ? "no task is named" : `the tasks are of several data sets: ${one}, ${another}`,
    { hint: "Pull one data set after the other: glm-eval data pull superglue" },
  );
}

function verdict(files: readonly PulledFile[]): string {
  const of = (verified: PulledFile["verified"]) => files.filter((file) => file.verified === verified).length;
  const { from, revision } = files[0]!;
  const at = revision === undefined ? from : `${from} at ${revision.slice(0, SHOWN)}`;
  if (of("hub") === files.length) return `Verified: each has the sha256 that the hub lists for it (${at}).`;
  if (of("archive") === files.length) return "Verified: the archives have their published sha256.";
  const rest = of(null) === files.length ? "their" : `${of(null)} of the files': their`;
  return `Not verified: no sha256 is published for ${rest} source; those found are recorded in pulled.json (${at}).`;
}

/** A path as a shell takes it. */
function quoted(name: string): string {
  return /[^\w./~:-]/.test(name) ? `'${name}'` : name;
}
