import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { unzipSync } from "fflate";
import { GlmEvalError } from "../../../errors.js";
import { downloadFile } from "../../../fetch/files/index.js";
import { findHubFiles, hubNames, type Task } from "../../../tasks/index.js";
import type { Progress } from "../../terminal/progress.js";
import { OFFICIAL_ARCHIVES } from "./official-archives.js";
import { hashFile, type SourceFile } from "./pulled-files.js";

/**
 * Finds the files of tasks in a folder, by their official names or those on the hub.
 * @throws GlmEvalError (data) if the folder does not exist, or has none of them
 */
export function findFolderFiles(folder: string, tasks: readonly Task[]): SourceFile[] {
  const root = path.resolve(folder);
  if (!existsSync(root))
    throw new GlmEvalError("file-not-found", `no such folder: ${root}`, {
      hint: "--from takes hub, a folder, a .zip file, or a URL (https://…).",
    });
  const found = tasks.flatMap(({ hub, dataFiles }) =>
    Object.entries(dataFiles).flatMap(([split, names]) => {
      const own = names.find((name) => existsSync(path.join(root, name)));
      if (own !== undefined) return [own];
      const copies = hub ? findHubFiles(root, hubNames(hub, split, names)) : [];
      return copies.map((file) => path.relative(root, file).split(path.sep).join("/"));
    }),
  );
  if (found.length === 0) throw dataNotFound(root, tasks);
  return [...new Set(found)].map((name) => ({
    path: name,
    content: { file: path.join(root, name) },
    from: root,
    verified: null,
  }));
}

/**
 * Extracts the official files of tasks from a local .zip file. Files of SuperGLUE's official archives are verified by the
 * archive's published sha256.
 * @param from where the archive came from
 * @throws GlmEvalError (data) if it is damaged, is not the archive that its name says, or has none of them
 */
export async function extractArchiveFiles(
  file: string,
  from: string,
  tasks: readonly Task[],
): Promise<SourceFile[]> {
  const expected = OFFICIAL_ARCHIVES[path.basename(file)];
  const sha256 = await hashFile(file);
  if (expected !== undefined && sha256 !== expected)
    throw new GlmEvalError(
      "wrong-hash",
      `${from} has the sha256 ${sha256}; ${path.basename(file)} has ${expected}`,
      {
        hint: "It is damaged, or not the official archive. Download it again, or rename it if it is meant to be another archive.",
      },
    );
  const names = new Set(tasks.flatMap(({ dataFiles }) => Object.values(dataFiles).flat()));
  const wanted = (entry: string): string | undefined =>
    [...names].find((name) => entry === name || entry.endsWith(`/${name}`));
  let entries: Record<string, Uint8Array>;
  try {
    entries = unzipSync(await readFile(file), { filter: ({ name }) => wanted(name) !== undefined });
  } catch (cause) {
    throw new GlmEvalError(
      "archive-damaged",
      `${from} is not a readable zip file: ${(cause as Error).message}`,
      {
        hint: "Download it again.",
        cause,
      },
    );
  }
  const found = Object.entries(entries);
  if (found.length === 0) throw dataNotFound(from, tasks);
  return found.map(([name, bytes]) => ({
    path: wanted(name)!,
    content: { bytes },
    from,
    verified: expected === undefined ? null : "archive",
  }));
}

/**
 * Downloads the official files of tasks: from the .zip at a URL, or from the .zip files below it that are named like the
 * official folders (BoolQ.zip).
 */
export async function downloadFiles(
  address: string,
  tasks: readonly Task[],
  { offline, progress }: { readonly offline: boolean; readonly progress: Progress },
): Promise<SourceFile[]> {
  const folders = tasks.flatMap(({ dataFiles }) =>
    Object.values(dataFiles).flatMap((names) => names.map((name) => path.posix.dirname(name))),
  );
  const below = [...new Set(folders)].map((folder) => `${address.replace(/\/+$/, "")}/${folder}.zip`);
  const files: SourceFile[] = [];
  for (const url of isArchive(new URL(address).pathname) ? [address] : below) {
    const file = await downloadFile(url, {
      offline,
      // A file from an earlier download is used without contacting the server.
      sha256: OFFICIAL_ARCHIVES[path.posix.basename(new URL(url).pathname)],
      onNote: (note) => progress.say(note),
      onProgress: ({ received, total }) =>
        progress.update(`downloading ${url}`, received, total ?? received, "bytes"),
    });
    progress.end();
    files.push(...(await extractArchiveFiles(file, url, tasks)));
  }
  return files;
}

export function isArchive(name: string): boolean {
  return /\.zip$/i.test(name);
}

export function isFolder(name: string): boolean {
  return statSync(name, { throwIfNoEntry: false })?.isDirectory() === true;
}

function dataNotFound(where: string, tasks: readonly Task[]): GlmEvalError {
  const sought = tasks.map(({ dataFiles }) => Object.values(dataFiles)[0]?.[0] ?? "").filter(Boolean);
  return new GlmEvalError("data-not-found", `found no data of these tasks in ${where}`, {
    hint: `Expected ${sought.join(", ")}, or the hub's files.`,
  });
}
