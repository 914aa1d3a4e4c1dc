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

/** Number of digits of a hash that are shown. */
const SHOWN = 12;
const DAY_MS = 24 * 3600 * 1000;

/** `glm-eval cache list` */
export async function list(argv: PrintingOptions): Promise<void> {
  const folder = getScoreCacheFolder();
  const found = await surveyAll(await listCacheFiles(folder));
  const converted = await sumFileSizes(["models", "exports"].map((name) => path.join(cacheFolder(), name)));
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
    listDevices(identity),
    entries.toLocaleString("en-US"),
    formatSize(bytes),
    lastUsed.toISOString().slice(0, 10),
  ]);
  const table = rows.length > 0 ? `${plainTable(head, rows, ["questions", "size"])}\n\n` : "";
  const total = found.reduce((sum, { bytes }) => sum + bytes, 0);
  process.stdout.write(
    `${table}${formatCount(found.length, "model")}, ${formatSize(total)} in ${folder}\n` +
      `(converted models are cached separately: ${formatSize(converted)})\n`,
  );
}

/** `glm-eval cache verify`. @throws GlmEvalError (data) if a line is damaged, other than a last one cut short by a kill */
export async function verify(): Promise<void> {
  const found = await surveyAll(await listCacheFiles(getScoreCacheFolder()));
  for (const file of found) process.stdout.write(`${file.hash.slice(0, SHOWN)}  ${describeFile(file)}\n`);
  const damaged = found.filter(({ identity, damaged: lines }) => identity === undefined || lines > 0);
  const questions = found.reduce((sum, { entries }) => sum + entries, 0);
  if (damaged.length > 0) {
    const [one, ...others] = damaged as [Surveyed, ...Surveyed[]];
    const more = others.length > 0 ? `, and ${formatCount(others.length, "file")} more` : "";
    throw new GlmEvalError("score-cache-damaged", `${one.path}: ${describeFile(one)}${more}`, {
      hint:
        "Damaged lines are never used; their questions are scored again. " +
        `glm-eval cache clear ${damaged.map(({ hash }) => hash.slice(0, SHOWN)).join(" ")} removes the affected files.`,
    });
  }
  process.stdout.write(
    `${formatCount(questions, "question")} of ${formatCount(found.length, "model")}: no damage found\n`,
  );
}

/** `glm-eval cache clear` */
export async function clear({ hashes, olderThan }: CacheClearOptions): Promise<void> {
  const folder = getScoreCacheFolder();
  const files = await listCacheFiles(folder);
  const named = hashes.length > 0 ? hashes.map((hash) => findFile(hash, files)) : files;
  const before = Date.now() - (olderThan ?? 0) * DAY_MS;
  const cleared =
    olderThan === undefined ? named : named.filter(({ lastUsed }) => lastUsed.getTime() < before);
  await clearFiles(cleared);
  const freed = cleared.reduce((sum, { bytes }) => sum + bytes, 0);
  const left = new Set(files).size - new Set(cleared).size;
  process.stdout.write(
    `removed the scores of ${formatCount(new Set(cleared).size, "model")}: ${formatSize(freed)} freed; ` +
      `${formatCount(left, "model")} left in ${folder}\n`,
  );
}

/** @throws GlmEvalError (usage) if the hashes of no model, or of several, start with this prefix */
function findFile(hash: string, files: readonly CacheFile[]): CacheFile {
  const [one, another] = files.filter((file) => file.hash.startsWith(hash));
  if (one !== undefined && another === undefined) return one;
  const found = one === undefined ? "matches no model" : "matches more than one model";
  throw new GlmEvalError(
    "score-cache-not-found",
    `${hash} ${found} in the score cache; expected the hash of one`,
    {
      hint: "glm-eval cache list shows the hashes.",
    },
  );
}

async function surveyAll(files: readonly CacheFile[]): Promise<Surveyed[]> {
  const all: Surveyed[] = [];
  // Sequentially: each file is held in memory while it is read.
  for (const file of files) all.push(await survey(file));
  return all;
}

/** Lists the devices only: the identity has "cuda fused", a device and how attention is computed on it. */
function listDevices(identity: Surveyed["identity"]): string {
  const { devices } = identity ?? {};
  return Array.isArray(devices) ? devices.map((each) => String(each).split(" ")[0]).join(", ") : "?";
}

function describeFile({ identity, entries, cutShort, damaged }: Surveyed): string {
  if (identity === undefined) return "its first line is damaged: the file is not used";
  const lost =
    cutShort > 0 ? `, and ${formatCount(cutShort, "line")} cut short by a kill (scored again)` : "";
  const questions = formatCount(entries, "question");
  return damaged > 0
    ? `${formatCount(damaged, "line")} damaged, ${questions} intact${lost}`
    : `${questions}${lost}`;
}

/** Sums the sizes in bytes of all files below some folders; missing folders count as empty. */
async function sumFileSizes(folders: readonly string[]): Promise<number> {
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

function formatCount(count: number, what: string): string {
  return `${count.toLocaleString("en-US")} ${what}${count === 1 ? "" : "s"}`;
}

function formatSize(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
