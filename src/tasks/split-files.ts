import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { GlmEvalError } from "../errors.js";
import type { DownloadOptions } from "../fetch/files/index.js";
import { dataError } from "../findings.js";
import { nearFiles } from "../hints.js";
import type { DataTask } from "./check-schema.js";
import { type DataFile, FORMATS } from "./formats/index.js";
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

/**
 * A split's first file that exists, under `root` or beside the task file; else its first address, which is where the
 * file can be had from.
 */
export function findSplit(
  definition: DataTask,
  taskFile: string,
  { root, split = DEFAULT_SPLIT }: { root: string; split?: string | undefined },
): string | undefined {
  const names = splitFiles(definition)[split] ?? [];
  const local = names.filter((name) => !isUrl(name));
  const folders = [root, dirname(taskFile)];
  return (
    folders
      .flatMap((folder) => local.map((name) => resolve(folder, name)))
      .find((candidate) => existsSync(candidate)) ?? names.find(isUrl)
  );
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
): Promise<DataFile & { hash: string }> {
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
  const name = findSplit(definition, taskFile, { root, split });
  if (name === undefined) {
    throw new GlmEvalError(
      "data-not-found",
      `task ${task}: no ${names.join(" or ")} in ${resolve(root)} or beside the task file`,
      {
        hint:
          nearData({ dataFiles: files, file: taskFile }, root, split) ??
          "name the folder that holds the data sets",
      },
    );
  }
  const sha256 = definition.data.sha256?.[split as "validation"];
  const path = isUrl(name) ? await download(name, { ...downloads, sha256 }) : name;
  const hash = await hashFile(path);
  if (sha256 !== undefined && hash !== sha256) {
    throw dataError(
      { file: name },
      "wrong-hash",
      `the file has the sha256 ${hash}; expected ${sha256}`,
      `the task file pins its ${split} split: see what changed, then write the new hash`,
    );
  }
  return { path, name, hash };
}

/** Loaded where needed: most data lies on the disk, and reading a task file must not wait for what downloads need. */
async function download(url: string, options: DownloadOptions): Promise<string> {
  const { downloadFile } = await import("../fetch/files/index.js");
  return downloadFile(url, options);
}

function isUrl(name: string): boolean {
  return /^https?:\/\//i.test(name);
}
