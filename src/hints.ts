import { readdirSync } from "node:fs";
import nodePath from "node:path";
import { BUNDLED_DATA } from "./bundled.js";
import { nearest } from "./errors.js";

/** Words as a shell reads them: a command that can be copied from a message. */
export function shellWords(words: readonly string[]): string {
  const plain = /^[\w@%+=:,./-]+$/;
  return words.map((word) => (plain.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}

/**
 * The command that shows all that is wrong with a task, as a run or a load with these options met it.
 * @param options.root the data folder; named only if it is not the one that is looked in by default
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

/** A path from the working folder, if it is in it; else as it is. */
export function shownPath(path: string): string {
  const relative = nodePath.relative("", path);
  return relative.startsWith("..") || nodePath.isAbsolute(relative) ? path : relative || ".";
}

/** Flags with the values that are given, as words of a command: `{ data: "x", split: undefined }` → `--data x`. */
export function flagWords(flags: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(flags).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
}

/** A path with slashes on every system, as files name it that other systems read too. @param separator this system's */
export function slashed(path: string, separator: string = nodePath.sep): string {
  return path.replaceAll(separator, "/");
}

/** Names of a folder that a hint lists. */
const LISTED = 8;

/**
 * What is there in place of a file or folder that is missing: the nearest name in its folder, and the names that there
 * are; of a path whose folder is missing too, what the last folder that exists holds.
 * @param wanted extensions of the files that are listed besides folders, with their dots; all unless given
 * @returns undefined if there is nothing to list
 */
export function nearFiles(missing: string, wanted?: readonly string[]): string | undefined {
  let target = nodePath.resolve(missing);
  for (;;) {
    const folder = nodePath.dirname(target);
    const entries = entriesOf(folder, wanted);
    // What the root of the disk holds says nothing of a path from another machine.
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
  // A slash tells folders from files.
  const hasFiles = entries.some(({ isFolder }) => !isFolder);
  const names = entries.map((entry) => `${entry.name}${hasFiles && entry.isFolder ? "/" : ""}`);
  const listed = `${names.slice(0, LISTED).join(", ")}${names.length > LISTED ? ", …" : ""}`;
  const holds = `${shown === "" ? "The current folder" : shown} holds: ${listed}.`;
  const near = nearName(
    name,
    entries.map((entry) => entry.name),
  );
  if (near === undefined) return holds;
  const meant = `Did you mean ${nodePath.join(shown, near)}?`;
  return names.length > LISTED ? meant : `${meant} ${holds}`;
}

/** The name that was most likely meant: the same but for its case or extension, else the nearest by its letters. */
function nearName(name: string, names: readonly string[]): string | undefined {
  const plain = (each: string) => each.toLowerCase();
  const stem = (each: string) => plain(nodePath.parse(each).name);
  return (
    names.find((each) => plain(each) === plain(name)) ??
    names.find((each) => stem(each) === stem(name)) ??
    nearest(name, names)
  );
}

/** What a folder holds, but for hidden files; undefined if there is no such folder. */
function entriesOf(folder: string, wanted: readonly string[] | undefined): Entry[] | undefined {
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
