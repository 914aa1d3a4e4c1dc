import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { GlmEvalError } from "../errors.js";
import type { DownloadOptions } from "../fetch/files/index.js";
import { dataError } from "../findings.js";
import { nearFiles } from "../hints.js";
import type { DataTask } from "./check-schema.js";
import { type DataFile, FORMATS } from "./formats/index.js";
import { findHubFiles, hubName, hubNames, missingShards } from "./hub-files.js";
import { pullHint } from "./pull-hint.js";
import { hashFile } from "./read-lines.js";

export const DEFAULT_SPLIT = "validation";

/** Of the files that may hold data. */
const EXTENSIONS = [...[...FORMATS.values()].flatMap(({ extensions }) => extensions), ".txt", ".dat"];

/** The split's names in the task file; none where it has no such split. */
export function splitFiles({ data }: Pick<DataTask, "data">): Readonly<Record<string, readonly string[]>> {
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
  /** a path or an address; several where a file is in shards */
  readonly files: readonly string[];
  /** whether it was found by the hub's names */
  readonly isHubNamed: boolean;
}

/** `locateSplit` for who needs to know only whether there is something, and where. */
export function findSplit(
  definition: DataTask,
  taskFile: string,
  options: { root: string; split?: string | undefined },
): string | undefined {
  return locateSplit(definition, taskFile, options)?.files[0];
}

/**
 * A split's first file that exists, under `root` or beside the task file; else a copy of its hub data set there, by the hub's
 * names; else its first address, which is where the file can be had from.
 */
function locateSplit(
  definition: DataTask,
  taskFile: string,
  { root, split = DEFAULT_SPLIT }: { root: string; split?: string | undefined },
): Located | undefined {
  const names = splitFiles(definition)[split] ?? [];
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

/** A split's data on the disk. */
export interface SplitData {
  /** several where a file is in shards */
  readonly files: readonly DataFile[];
  /** sha256 of the bytes of all, in order; hex */
  readonly hash: string;
  readonly isHubNamed: boolean;
}

/** What is there in place of a split's missing file, in the data folder or beside the task file; undefined for nothing near. */
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
  // A built-in task's own folder holds no data, so that only a folder that the user named is looked at.
  const besides = file.startsWith(fileURLToPath(new URL(".", import.meta.url))) ? [] : [dirname(file)];
  const hints = [...besides, root].map((folder) => nearFiles(resolve(folder, name), EXTENSIONS));
  return hints.find((hint) => hint?.startsWith("Did you mean")) ?? hints.find((hint) => hint !== undefined);
}

/**
 * A split's file on the disk, downloaded where it is an address, and its sha256.
 * @throws GlmEvalError (usage) for a split that the task does not have; (data) where there is no file, it cannot be
 * downloaded, or it is not the one that the task file pins
 */
export async function fetchSplit(
  definition: DataTask,
  taskFile: string,
  options: { root: string; split?: string | undefined; downloads?: Omit<DownloadOptions, "sha256"> },
): Promise<SplitData> {
  const { root, split = DEFAULT_SPLIT, downloads } = options;
  const files = splitFiles(definition);
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
    const sought = [...names, ...(hub ? [hubName(hub, split)] : [])].join(" or ");
    const pulled = { name: task, file: taskFile, ...(hub && { hub }) };
    throw new GlmEvalError(
      "data-not-found",
      `task ${task}: no ${sought} in ${resolve(root)} or beside the task file`,
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
      `the data is in several files, of which ${missing.length === 1 ? "number" : "numbers"} ${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} missing`,
      "copy all files of the split into the folder",
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
      `the task file pins its ${split} split: see what changed, then write the new hash`,
    );
  }
  return { files: paths.map((path, k) => ({ path, name: located.files[k]! })), hash, isHubNamed };
}

/** Loaded where needed: most data lies on the disk, and reading a task file must not wait for what downloads need. */
async function download(url: string, options: DownloadOptions): Promise<string> {
  const { downloadFile } = await import("../fetch/files/index.js");
  return downloadFile(url, options);
}

function isUrl(name: string): boolean {
  return /^https?:\/\//i.test(name);
}
