import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { GlmEvalError } from "../../../errors.js";
import { cacheFolder } from "../../../fetch/cache/index.js";
import { snakeKeys } from "../../../json.js";
import type { CacheClearOptions, PrintingOptions } from "../../../options/index.js";
import {
  type CacheFile,
  clearFiles,
  getScoreCacheFolder,
  listCacheFiles,
  type Surveyed,
  survey,
} from "../../../runner/index.js";
import { plainTable } from "../../terminal/plain-table.js";

/** As many digits of a hash as are shown. */
const SHOWN = 12;
const DAY_MS = 24 * 3600 * 1000;

/** `glm-eval cache list` */
export async function list(argv: PrintingOptions): Promise<void> {
  const folder = getScoreCacheFolder();
  const found = await surveyAll(await listCacheFiles(folder));
  const converted = await bytesBelow(["models", "exports"].map((name) => path.join(cacheFolder(), name)));
  if (argv.json) {
    const models = found.map(({ lastUsed, ...file }) => ({ ...file, lastUsed: lastUsed.toISOString() }));
    const all = { folder, models, convertedModelsBytes: converted };
    process.stdout.write(`${JSON.stringify(snakeKeys(all), null, 2)}\n`);
    return;
  }
  const head = ["hash", "model", "family", "dtype", "device", "questions", "size", "last used"];
  const rows = found.map(({ hash, model, identity, entries, bytes, lastUsed }) => [
    hash.slice(0, SHOWN),
    model ?? "? (damaged)",
    ...["family", "dtype"].map((name) => String(identity?.[name] ?? "?")),
    devicesOf(identity),
    entries.toLocaleString("en-US"),
    size(bytes),
    lastUsed.toISOString().slice(0, 10),
  ]);
  const table = rows.length > 0 ? `${plainTable(head, rows, ["questions", "size"])}\n\n` : "";
  const total = found.reduce((sum, { bytes }) => sum + bytes, 0);
  process.stdout.write(
    `${table}${counted(found.length, "model")}, ${size(total)} in ${folder}\n` +
      `(converted models beside it: ${size(converted)})\n`,
  );
}

/** `glm-eval cache verify`. @throws GlmEvalError (data) where a line is not whole, unless a kill explains it */
export async function verify(): Promise<void> {
  const found = await surveyAll(await listCacheFiles(getScoreCacheFolder()));
  for (const file of found) process.stdout.write(`${file.hash.slice(0, SHOWN)}  ${verdict(file)}\n`);
  const damaged = found.filter(({ identity, damaged: lines }) => identity === undefined || lines > 0);
  const questions = found.reduce((sum, { entries }) => sum + entries, 0);
  if (damaged.length > 0) {
    const [one, ...others] = damaged as [Surveyed, ...Surveyed[]];
    const more = others.length > 0 ? `, and ${counted(others.length, "file")} more` : "";
    throw new GlmEvalError("score-cache-damaged", `${one.path}: ${verdict(one)}${more}`, {
      hint:
        "Such lines are never used: their questions are asked again. " +
        `glm-eval cache clear ${damaged.map(({ hash }) => hash.slice(0, SHOWN)).join(" ")} removes the files.`,
    });
  }
  process.stdout.write(`${counted(questions, "question")} of ${counted(found.length, "model")}: all whole\n`);
}

/** `glm-eval cache clear` */
export async function clear({ hashes, olderThan }: CacheClearOptions): Promise<void> {
  const folder = getScoreCacheFolder();
  const files = await listCacheFiles(folder);
  const named = hashes.length > 0 ? hashes.map((hash) => fileOf(hash, files)) : files;
  const before = Date.now() - (olderThan ?? 0) * DAY_MS;
  const cleared =
    olderThan === undefined ? named : named.filter(({ lastUsed }) => lastUsed.getTime() < before);
  await clearFiles(cleared);
  const freed = cleared.reduce((sum, { bytes }) => sum + bytes, 0);
  const left = new Set(files).size - new Set(cleared).size;
  process.stdout.write(
    `removed the scores of ${counted(new Set(cleared).size, "model")}: ${size(freed)} freed; ` +
      `${counted(left, "model")} left in ${folder}\n`,
  );
}

/** @throws GlmEvalError (usage) where no model's hash, or more than one, begins so */
function fileOf(hash: string, files: readonly CacheFile[]): CacheFile {
  const [one, another] = files.filter((file) => file.hash.startsWith(hash));
  if (one !== undefined && another === undefined) return one;
  const found = one === undefined ? "no model's" : "more than one model's";
  throw new GlmEvalError(
    "score-cache-not-found",
    `${hash} begins ${found} hash in the score cache; expected one's`,
    {
      hint: "glm-eval cache list shows the hashes.",
    },
  );
}

async function surveyAll(files: readonly CacheFile[]): Promise<Surveyed[]> {
  const all: Surveyed[] = [];
  // One after the other: each is held in memory while it is read.
  for (const file of files) all.push(await survey(file));
  return all;
}

/** "cuda fused" is a device and how attention is computed there. */
function devicesOf(identity: Surveyed["identity"]): string {
  const { devices } = identity ?? {};
  return Array.isArray(devices) ? devices.map((each) => String(each).split(" ")[0]).join(", ") : "?";
}

function verdict({ identity, entries, cutShort, damaged }: Surveyed): string {
  if (identity === undefined) return "its first line is damaged: nothing of the file is used";
  const lost = cutShort > 0 ? `, and ${counted(cutShort, "line")} that a kill cut short (asked again)` : "";
  const questions = counted(entries, "question");
  return damaged > 0
    ? `${counted(damaged, "line")} damaged, ${questions} of it whole${lost}`
    : `${questions}${lost}`;
}

/** Bytes of all files below some folders, those that are there. */
async function bytesBelow(folders: readonly string[]): Promise<number> {
  let sum = 0;
  for (const folder of folders) {
    const names = await readdir(folder, { recursive: true }).catch(() => []);
    for (const name of names) {
      const found = await stat(path.join(folder, name)).catch(() => undefined);
      if (found?.isFile()) sum += found.size;
    }
  }
  return sum;
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString("en-US")} ${what}${count === 1 ? "" : "s"}`;
}

function size(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
