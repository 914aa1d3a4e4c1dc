import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { GlmEvalError } from "../errors.js";
import type { DownloadOptions } from "../fetch/files/index.js";
import { dataError } from "../findings.js";
import { nearFiles } from "../hints.js";
import type { DataTask } from "./check-schema.js";
import { type DataFile, FORMATS } from "./formats/index.js";
import { findHubFiles, formatHubName, hubNames, missingShards } from "./hub-files.js";
import { pullHint } from "./pull-hint.js";
import { hashFile } from "./read-lines.js";

export const DEFAULT_SPLIT = "validation";

/** Extensions of files that may hold data. */
const EXTENSIONS = [...[...FORMATS.values()].flatMap(({ extensions }) => extensions), ".txt", ".dat"];

/** Returns the files of each split in the task file, without splits that it does not have. */
export function getSplitFiles({ data }: Pick<DataTask, "data">): Readonly<Record<string, readonly string[]>> {
  const { validation, test, train, fewshot } = data;
  return {
    ...(validation && { validation }),
    ...(test && { test }),
    ...(train && { train }),
    ...(fewshot && { fewshot }),
  };
}

/** Where a split's data is. */
interface Located {
  /** a path or a URL; several if the data is in shards */
  readonly files: readonly string[];
  /** whether it was found under the hub's names */
  readonly isHubNamed: boolean;
}

/** Like `locateSplit`, for callers that need to know only whether there is data, and where. */
export function findSplit(
  definition: DataTask,
  taskFile: string,
  options: { root: string; split?: string | undefined },
): string | undefined {
  return locateSplit(definition, taskFile, options)?.files[0];
}

/**
 * Finds a split's first existing file, under `root` or next to the task file; otherwise a copy of its hub data set there, under
 * the hub's names; otherwise its first URL, from which the file can be downloaded.
 */
function locateSplit(
  definition: DataTask,
  taskFile: string,
  { root, split = DEFAULT_SPLIT }: { root: string; split?: string | undefined },
): Located | undefined {
  const names = getSplitFiles(definition)[split] ?? [];
  const local = names.filter((name) => !isUrl(name));
  const folders = [root, dirname(taskFile)];
  const own = folders
    .flatMap((folder) => local.map((name) => resolve(folder, name)))
    .find((candidate) => existsSync(candidate));
  if (own !== undefined) return { files: [own], isHubNamed: false };
  const { hub } = definition.data;
  if (hub !== undefined && names.length > 0)
    for (const folder of folders) {
      const files = findHubFiles(folder, hubNames(hub, split, local));
      if (files.length > 0) return { files, isHubNamed: true };
    }
  const url = names.find(isUrl);
  return url === undefined ? undefined : { files: [url], isHubNamed: false };
}

/** A split's data on disk. */
export interface SplitData {
  /** several if the data is in shards */
  readonly files: readonly DataFile[];
  /** sha256 of the bytes of all files, in order; hex */
  readonly hash: string;
  readonly isHubNamed: boolean;
}

/** Describes what exists in place of a split's missing file, in the data folder or next to the task file; undefined if nothing is similar. */
export function nearData(
  {
    dataFiles,
    file,
  }: { readonly dataFiles: Readonly<Record<string, readonly string[]>>; readonly file: string },
  root: string,
  split: string,
): string | undefined {
  const [name] = (dataFiles[split] ?? []).filter((each) => !isUrl(each));
  if (name === undefined) return undefined;
  // A built-in task's own folder holds no data, so only a folder that the user named is searched.
  const ownFolders = file.startsWith(fileURLToPath(new URL(".", import.meta.url))) ? [] : [dirname(file)];
  const hints = [...ownFolders, root].map((folder) => nearFiles(resolve(folder, name), EXTENSIONS));
  return hints.find((hint) => hint?.startsWith("Did you mean")) ?? hints.find((hint) => hint !== undefined);
}

/**
 * Returns a split's files on disk, downloaded if they are given as a URL, and their sha256.
 * @throws GlmEvalError (usage) for a split that the task does not have; (data) if there is no file, it cannot be
 * downloaded, or its hash differs from the one that the task file pins
 */
export async function fetchSplit(
  definition: DataTask,
  taskFile: string,
  options: { root: string; split?: string | undefined; downloads?: Omit<DownloadOptions, "sha256"> },
): Promise<SplitData> {
  const { root, split = DEFAULT_SPLIT, downloads } = options;
  const files = getSplitFiles(definition);
  const names = files[split];
  const task = definition.task ?? taskFile;
  if (names === undefined) {
    const known = Object.keys(files);
    throw new GlmEvalError("split-not-found", `task ${task} has no split "${split}"`, {
      hint: `its splits are: ${known.join(", ")}`,
    });
  }
  const located = locateSplit(definition, taskFile, { root, split });
  if (located === undefined) {
    const { hub } = definition.data;
    const sought = [...names, ...(hub ? [formatHubName(hub, split)] : [])].join(" or ");
    const pulled = { name: task, file: taskFile, ...(hub && { hub }) };
    throw new GlmEvalError(
      "data-not-found",
      `task ${task}: no ${sought} in ${resolve(root)} or next to the task file`,
      {
        hint: pullHint(
          [pulled],
          nearData({ dataFiles: files, file: taskFile }, root, split) ??
            "Pass the folder of the data sets with --data.",
        ),
      },
    );
  }
  const { isHubNamed } = located;
  const [name] = located.files as [string, ...string[]];
  const missing = missingShards(located.files);
  if (missing.length > 0) {
    throw dataError(
      { file: name },
      "missing-shard",
      `the data is in shards, of which ${missing.length === 1 ? "number" : "numbers"} ${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} missing`,
      "copy all shards of the split into the folder",
    );
  }
  const sha256 = definition.data.sha256?.[split as "validation"];
  const paths = isUrl(name) ? [await download(name, { ...downloads, sha256 })] : located.files;
  const hash = await hashFile(...paths);
  if (sha256 !== undefined && hash !== sha256) {
    throw dataError(
      { file: name },
      "wrong-hash",
      `the file has the sha256 ${hash}; expected ${sha256}`,
      `the task file pins the hash of its ${split} split: check what changed, then update the hash`,
    );
  }
  return { files: paths.map((path, k) => ({ path, name: located.files[k]! })), hash, isHubNamed };
}

/** Loaded only when needed: most data is on disk, and reading a task file must not wait for the download modules. */
async function download(url: string, options: DownloadOptions): Promise<string> {
  const { downloadFile } = await import("../fetch/files/index.js");
  return downloadFile(url, options);
}

function isUrl(name: string): boolean {
  return /^https?:\/\//i.test(name);
}
