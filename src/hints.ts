import { readdirSync } from "node:fs";
import nodePath from "node:path";
import { BUNDLED_DATA } from "./bundled.js";
import { nearest } from "./errors.js";

/** Quotes and joins words for a shell: a command that can be copied from a message. */
export function shellWords(words: readonly string[]): string {
  const plain = /^[\w@%+=:,./-]+$/;
  return words.map((word) => (plain.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}

/**
 * Returns the command that lists everything wrong with a task, as a run or a load with these options found it.
 * @param options.root the data folder; named only if it is not the default one
 */
export function validateCommand(
  taskFile: string,
  { root, split }: { readonly root?: string | undefined; readonly split?: string | undefined } = {},
): string {
  const isUsual = root === undefined || nodePath.resolve(root) === nodePath.resolve(BUNDLED_DATA);
  const flags = {
    data: isUsual ? undefined : shownPath(root),
    split: split === "validation" ? undefined : split,
  };
  return shellWords(["glm-eval", "tasks", "validate", shownPath(taskFile), ...flagWords(flags)]);
}

/** Formats a path relative to the working folder if it is inside it; else as it is. */
export function shownPath(path: string): string {
  const relative = nodePath.relative("", path);
  return relative.startsWith("..") || nodePath.isAbsolute(relative) ? path : relative || ".";
}

/** Converts flags with values to words of a command: `{ data: "x", split: undefined }` → `--data x`. */
export function flagWords(flags: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(flags).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
}

/**
 * Formats a path with slashes on every system, for files that other systems read too.
 * @param separator this system's
 */
export function slashed(path: string, separator: string = nodePath.sep): string {
  return path.replaceAll(separator, "/");
}

/** Maximum number of a folder's entries that a hint lists. */
const MAX_LISTED = 8;

/**
 * Describes what exists in place of a missing file or folder: the nearest name in its folder, and the folder's entries. If
 * that folder is missing too, the nearest parent that exists is described.
 * @param wanted extensions of the files listed besides folders, with their dots; default: all
 * @returns undefined if there is nothing to list
 */
export function nearFiles(missing: string, wanted?: readonly string[]): string | undefined {
  let target = nodePath.resolve(missing);
  for (;;) {
    const folder = nodePath.dirname(target);
    const entries = listEntries(folder, wanted);
    // The content of the disk's root does not help with a path from another machine.
    if (folder === target || (entries && folder === nodePath.parse(folder).root)) return undefined;
    if (entries) return describeNear(missing, folder, nodePath.basename(target), entries);
    target = folder;
  }
}

interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
}

function describeNear(
  missing: string,
  folder: string,
  name: string,
  entries: readonly Entry[],
): string | undefined {
  if (entries.length === 0) return undefined;
  const shown = nodePath.isAbsolute(missing) ? folder : nodePath.relative("", folder);
  // A slash distinguishes folders from files.
  const hasFiles = entries.some(({ isFolder }) => !isFolder);
  const names = entries.map((entry) => `${entry.name}${hasFiles && entry.isFolder ? "/" : ""}`);
  const listed = `${names.slice(0, MAX_LISTED).join(", ")}${names.length > MAX_LISTED ? ", …" : ""}`;
  const contents = `${shown === "" ? "The current folder" : shown} contains: ${listed}.`;
  const near = findNearName(
    name,
    entries.map((entry) => entry.name),
  );
  if (near === undefined) return contents;
  const meant = `Did you mean ${nodePath.join(shown, near)}?`;
  return names.length > MAX_LISTED ? meant : `${meant} ${contents}`;
}

/** Finds the name most likely meant: one that differs only in case or extension, else the nearest by its letters. */
function findNearName(name: string, names: readonly string[]): string | undefined {
  const plain = (each: string) => each.toLowerCase();
  const stem = (each: string) => plain(nodePath.parse(each).name);
  return (
    names.find((each) => plain(each) === plain(name)) ??
    names.find((each) => stem(each) === stem(name)) ??
    nearest(name, names)
  );
}

/** Lists a folder's entries, except hidden ones; undefined if there is no such folder. */
function listEntries(folder: string, wanted: readonly string[] | undefined): Entry[] | undefined {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => !name.startsWith("."))
      .filter(
        (each) => !wanted || !each.isFile() || wanted.includes(nodePath.extname(each.name).toLowerCase()),
      )
      .map((each) => ({ name: each.name, isFolder: each.isDirectory() }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return undefined;
  }
}
