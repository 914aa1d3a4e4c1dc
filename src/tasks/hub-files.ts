import { readdirSync } from "node:fs";
import path from "node:path";
import type { HubData } from "./task.js";

/** The formats of copies of a hub data set, in the order in which they are looked for. */
const EXTENSIONS = ["parquet", "jsonl", "ndjson", "json"];

/** The names by which a data set's files are looked for. */
export interface HubNames {
  /** folders: the config's name, then those of the files that the task names */
  readonly folders: readonly string[];
  /** file names without extension: the hub's name of the split, then those of the files that the task names */
  readonly stems: readonly string[];
}

/**
 * Returns the names of a split in copies of its hub data set: `boolq/validation`, and the same with the names of the task's
 * own files, `BoolQ/val`.
 * @param names the split's files as the task file names them
 */
export function hubNames(hub: HubData, split: string, names: readonly string[]): HubNames {
  const local = names.filter((name) => !path.isAbsolute(name));
  const folders = local.map((name) => path.posix.dirname(name)).filter((folder) => folder !== ".");
  const stems = local.map((name) => path.posix.basename(name, path.posix.extname(name)));
  return {
    folders: [...new Set([hub.config, ...folders])],
    stems: [...new Set([hub.splits?.[split] ?? split, ...stems])],
  };
}

/** Formats the hub's name for a split's files, for messages: "boolq/validation-*.parquet". */
export function formatHubName(hub: HubData, split: string): string {
  return `${hub.config}/${hub.splits?.[split] ?? split}-*.parquet`;
}

/**
 * Finds a split's files among the paths of a folder or repository (parts separated by "/"): the first that exist of
 * - `boolq/validation-00000-of-00001.parquet`, with all its shards in order, as data sets are uploaded;
 * - `boolq/validation/0000.parquet`, as the hub converts them itself (branch refs/convert/parquet);
 * - `boolq/validation.parquet`, or JSON lines, as they are exported.
 */
export function chooseHubFiles(paths: readonly string[], { folders, stems }: HubNames): readonly string[] {
  for (const folder of folders)
    for (const stem of stems)
      for (const extension of EXTENSIONS) {
        const start = escapeRegExp(`${folder}/${stem}`);
        for (const suffix of ["-\\d{5}-of-\\d{5}", "/\\d{4,}", ""]) {
          const form = new RegExp(`^${start}${suffix}\\.${extension}$`);
          const found = paths.filter((each) => form.test(each)).sort();
          if (found.length > 0) return found;
        }
      }
  return [];
}

/** Does the same below a folder on disk; returns absolute paths. */
export function findHubFiles(root: string, names: HubNames): readonly string[] {
  const inside = (folder: string): string[] =>
    readdirSync(path.join(root, folder), { withFileTypes: true, encoding: "utf8" }).flatMap((entry) => {
      const name = `${folder}/${entry.name}`;
      return entry.isDirectory() && names.stems.includes(entry.name) ? inside(name) : [name];
    });
  const there = names.folders.flatMap((folder) => {
    try {
      return inside(folder);
    } catch {
      return [];
    }
  });
  return chooseHubFiles(there, names).map((name) => path.resolve(root, name));
}

/** Returns the numbers of the missing shards, by the count in the file names: "-00000-of-00002". */
export function missingShards(paths: readonly string[]): readonly number[] {
  const numbers = paths.map((each) => /-(\d{5})-of-(\d{5})\.\w+$/.exec(each));
  const total = Number(numbers[0]?.[2] ?? 0);
  const there = new Set(numbers.map((found) => Number(found?.[1])));
  return [...Array(total).keys()].filter((k) => !there.has(k));
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
