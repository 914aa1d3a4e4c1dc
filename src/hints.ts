import { readdirSync } from "node:fs";
import nodePath from "node:path";
import { nearest } from "./errors.js";

/** Words as a shell reads them: a command that can be copied from a message. */
export function shellWords(words: readonly string[]): string {
  const plain = /^[\w@%+=:,./-]+$/;
  return words.map((word) => (plain.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
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
 * @param wanted extensions of the files to list, with their dots; folders are always listed
 * @returns undefined if nothing near can be seen
 */
export function nearFiles(missing: string, wanted?: readonly string[]): string | undefined {
  let target = nodePath.resolve(missing);
  for (;;) {
    const folder = nodePath.dirname(target);
    const names = namesIn(folder, wanted);
    if (names !== undefined) return describeNear(missing, folder, nodePath.basename(target), names);
    if (folder === target) return undefined;
    target = folder;
  }
}

function describeNear(
  missing: string,
  folder: string,
  name: string,
  names: readonly string[],
): string | undefined {
  // A path from elsewhere whose first folder is missing says nothing about what the root of the disk holds.
  if (names.length === 0 || folder === nodePath.parse(folder).root) return undefined;
  const near = nearName(name, names);
  const shown = shownFolder(folder, nodePath.isAbsolute(missing));
  const listed = [...names.slice(0, LISTED), ...(names.length > LISTED ? ["…"] : [])].join(", ");
  const holds = `${shown === "" ? "this folder" : shown} holds ${listed}`;
  return near === undefined ? holds : `did you mean ${nodePath.join(shown, near)}? ${holds}`;
}

/** The name that was most likely meant: but for its case or extension the same, else the nearest by its letters. */
function nearName(name: string, names: readonly string[]): string | undefined {
  const plain = (each: string) => each.toLowerCase();
  const stem = (each: string) => plain(nodePath.parse(each).name);
  return (
    names.find((each) => plain(each) === plain(name)) ??
    names.find((each) => stem(each) === stem(name)) ??
    nearest(name, names)
  );
}

/** As a user who stands in the working folder would write it. */
function shownFolder(folder: string, isAbsolute: boolean): string {
  return isAbsolute ? folder : nodePath.relative("", folder);
}

/** The names in a folder, folders with a slash behind them; undefined if there is no such folder. Hidden ones are left out. */
function namesIn(folder: string, wanted: readonly string[] | undefined): string[] | undefined {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => !name.startsWith("."))
      .filter(
        (each) => !wanted || !each.isFile() || wanted.includes(nodePath.extname(each.name).toLowerCase()),
      )
      .map((each) => (each.isDirectory() ? `${each.name}/` : each.name))
      .sort();
  } catch {
    return undefined;
  }
}
