import { GlmEvalError } from "../../errors.js";
import { shellWords } from "../../hints.js";
import { type Json, snakeKeys } from "../../json.js";
import type { ModelRecord, RunRecord } from "./run-record.js";

/**
 * Keys of run.json, at any level, that may differ between the processes of one run, because no score depends on them.
 * Files may have moved: their hashes show whether they are the same. A calibration only adds questions.
 */
const IGNORED = new Set(
  (
    "schema command started resumed finished interrupted node platform cpu published calibration " +
    "source revision root file notes error failures score_cache folder status message"
  ).split(" "),
);

/** Places in run.json that depend on the program or a file rather than the command line. */
const CONTENT = /^glm_eval$|(sha256|\.graph_version|\.onnxruntime)$|\.(files|examples)$/;

interface Difference {
  /** "data.limit", "tasks.copa.sha256" */
  readonly place: string;
  readonly before: Json | undefined;
  readonly now: Json | undefined;
}

/** A run that is resumed. */
export interface EarlierRun {
  /** as given by the user */
  readonly folder: string;
  readonly record: RunRecord;
}

/**
 * Checks that a run is resumed as it was started, so that its journal contains what would be scored now.
 * @param now the record of this process
 * @throws GlmEvalError (usage) for an option, (data) for a file or program that differs; the message names the first
 */
export function checkSameRun(earlier: EarlierRun, now: RunRecord): void {
  // A model's facts are known once it is loaded: see `checkSameModel`.
  const toComparable = ({ models, data, ...record }: RunRecord): Json =>
    snakeKeys({
      model: models[0]!.name,
      baselines: models.slice(1).map(({ name }) => ({ name })),
      ...record,
      // What stopped a run may be skipped when it is resumed: no score of the others depends on it.
      data: now.data.onError === "skip" ? { ...data, onError: "skip" } : data,
    }) as Json;
  throwDifference(earlier, findDifference(toComparable(earlier.record), toComparable(now), ""));
}

/** `checkSameRun` for one model, once it is loaded; a model that failed to load before may be any. */
export function checkSameModel(earlier: EarlierRun, now: ModelRecord): void {
  const before = earlier.record.models.find(({ name }) => name === now.name);
  if (before?.weightsSha256 === undefined) return;
  throwDifference(earlier, findDifference(snakeKeys(before) as Json, snakeKeys(now) as Json, now.name));
}

function throwDifference(run: EarlierRun, found: Difference | undefined): void {
  if (found === undefined) return;
  const { place } = found;
  const isContent = CONTENT.test(place);
  const { command, glmEval: version } = run.record;
  const orStartAgain = "or start a new run with another --output";
  const hint =
    place === "glm_eval"
      ? `Use glm-eval ${version}, ${orStartAgain}.`
      : isContent
        ? `The existing scores were computed with the earlier content. Restore it, ${orStartAgain}.`
        : `Use the options of its first command (${shellWords(command)}), ${orStartAgain}.`;
  throw new GlmEvalError(
    isContent ? "run-content-changed" : "run-options-differ",
    `the run in ${run.folder} cannot be resumed: ${place}: found ${formatValue(found.now)}; expected ${formatValue(found.before)}`,
    { hint },
  );
}

function findDifference(
  before: Json | undefined,
  now: Json | undefined,
  place: string,
): Difference | undefined {
  if (Array.isArray(before) && Array.isArray(now)) {
    const [names, others] = [before.map(getItemName), now.map(getItemName)];
    if (names.join("\n") !== others.join("\n")) return { place, before: names, now: others };
    return findFirst(before.keys(), (k) => findDifference(before[k], now[k], `${place}.${names[k]}`));
  }
  if (isObject(before) && isObject(now)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter(
      (key) => !IGNORED.has(key),
    );
    // A file that differs explains all other differences.
    keys.sort((a, b) => Number(b.endsWith("sha256")) - Number(a.endsWith("sha256")));
    return findFirst(keys, (key) => findDifference(before[key], now[key], place ? `${place}.${key}` : key));
  }
  return before === now ? undefined : { place, before, now };
}

function findFirst<T>(items: Iterable<T>, find: (item: T) => Difference | undefined): Difference | undefined {
  for (const item of items) {
    const found = find(item);
    if (found) return found;
  }
  return undefined;
}

/** Returns what identifies an item of a list: the name of a model or task, a pattern's id, the split of a task's data, or the item itself. */
function getItemName(item: Json): string {
  if (!isObject(item)) return JSON.stringify(item);
  const { name, id, task, split } = item;
  return [name, id, task, split].filter((part) => part !== undefined).join(" ");
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function formatValue(value: Json | undefined): string {
  if (value === undefined || value === null) return "none";
  if (Array.isArray(value))
    return value.length === 0
      ? "none"
      : value.map((item) => (isObject(item) ? getItemName(item) : String(item))).join(", ");
  return JSON.stringify(value);
}

/**
 * Makes the command that resumes a run.
 * @param words the arguments of this process's command line
 * @param output the run's folder, if the arguments do not name it
 */
export function resumeCommand(words: readonly string[], output: string | undefined): string {
  const more = output === undefined ? [] : ["--output", output];
  if (!words.includes("--resume")) more.push("--resume");
  // Arguments after it are not flags.
  const end = words.includes("--") ? words.indexOf("--") : words.length;
  return shellWords(["glm-eval", ...words.slice(0, end), ...more, ...words.slice(end)]);
}

/**
 * Makes the command that resumes a run to score the additional questions of a calibration.
 * @param folder the run's folder
 */
export function calibrateCommand({ command }: RunRecord, kind: string, folder: string): string {
  const replaced = /^(--calibration|--output|--output[-_]path|-o)(=.*)?$/;
  const words = command.slice(1).filter((word, k, all) => {
    const isValue = k > 0 && replaced.test(all[k - 1]!) && !all[k - 1]!.includes("=");
    return !isValue && !replaced.test(word);
  });
  return resumeCommand([...words, "--calibration", kind], folder);
}
