import { GlmEvalError } from "../../errors.js";
import { shellWords } from "../../hints.js";
import { type Json, snakeKeys } from "../../json.js";
import type { ModelRecord, RunRecord } from "./run-record.js";

/**
 * What of run.json may differ between the processes of one run, wherever in it: no score depends on it. Files may have
 * moved: their hashes say whether they are the same. A calibration only adds questions.
 */
const FREE = new Set(
  (
    "schema command started resumed finished interrupted node platform cpu published calibration " +
    "source revision root file notes error failures score_cache folder status message"
  ).split(" "),
);

/** What is the program's or a file's, not the command line's. */
const CONTENT = /^glm_eval$|(sha256|\.graph_version|\.onnxruntime)$|\.(files|examples)$/;

interface Difference {
  /** "data.limit", "tasks.copa.sha256" */
  readonly place: string;
  readonly before: Json | undefined;
  readonly now: Json | undefined;
}

/** A run that is resumed. */
export interface EarlierRun {
  /** as the user named it */
  readonly folder: string;
  readonly record: RunRecord;
}

/**
 * Sees that a run is resumed as it was begun, so that what is in its journal is what would be scored now.
 * @param now the record of this process
 * @throws GlmEvalError (usage) for an option, (data) for a file or program that is another; naming the first
 */
export function checkSameRun(earlier: EarlierRun, now: RunRecord): void {
  // A model's facts are known once it is loaded: see `checkSameModel`.
  const known = ({ models, data, ...record }: RunRecord): Json =>
    snakeKeys({
      model: models[0]!.name,
      baselines: models.slice(1).map(({ name }) => ({ name })),
      ...record,
      // What stopped a run may be skipped when it is resumed: no score of the others depends on it.
      data: now.data.onError === "skip" ? { ...data, onError: "skip" } : data,
    }) as Json;
  refuse(earlier, difference(known(earlier.record), known(now), ""));
}

/** `checkSameRun` for one model, once it is loaded; one that could not be loaded before may be any. */
export function checkSameModel(earlier: EarlierRun, now: ModelRecord): void {
  const before = earlier.record.models.find(({ name }) => name === now.name);
  if (before?.weightsSha256 === undefined) return;
  refuse(earlier, difference(snakeKeys(before) as Json, snakeKeys(now) as Json, now.name));
}

function refuse(run: EarlierRun, found: Difference | undefined): void {
  if (found === undefined) return;
  const { place } = found;
  const isContent = CONTENT.test(place);
  const { command, glmEval: version } = run.record;
  const anew = "or start a new run with another --output";
  const hint =
    place === "glm_eval"
      ? `Use glm-eval ${version}, ${anew}.`
      : isContent
        ? `The scores are of what was there then. Put it back, ${anew}.`
        : `Use the options of its first command (${shellWords(command)}), ${anew}.`;
  throw new GlmEvalError(
    isContent ? "run-content-changed" : "run-options-differ",
    `the run in ${run.folder} cannot be resumed: ${place}: found ${shown(found.now)}; expected ${shown(found.before)}`,
    { hint },
  );
}

function difference(before: Json | undefined, now: Json | undefined, place: string): Difference | undefined {
  if (Array.isArray(before) && Array.isArray(now)) {
    const [names, others] = [before.map(nameOf), now.map(nameOf)];
    if (names.join("\n") !== others.join("\n")) return { place, before: names, now: others };
    return first(before.keys(), (k) => difference(before[k], now[k], `${place}.${names[k]}`));
  }
  if (isObject(before) && isObject(now)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((key) => !FREE.has(key));
    // A file that is another explains whatever else differs.
    keys.sort((a, b) => Number(b.endsWith("sha256")) - Number(a.endsWith("sha256")));
    return first(keys, (key) => difference(before[key], now[key], place ? `${place}.${key}` : key));
  }
  return before === now ? undefined : { place, before, now };
}

function first<T>(items: Iterable<T>, find: (item: T) => Difference | undefined): Difference | undefined {
  for (const item of items) {
    const found = find(item);
    if (found) return found;
  }
  return undefined;
}

/** What an item of a list goes by: a model, a task, a pattern, a split of a task's data, or the item itself. */
function nameOf(item: Json): string {
  if (!isObject(item)) return JSON.stringify(item);
  const { name, id, task, split } = item;
  return [name, id, task, split].filter((part) => part !== undefined).join(" ");
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value: Json | undefined): string {
  if (value === undefined || value === null) return "none";
  if (Array.isArray(value))
    return value.length === 0
      ? "none"
      : value.map((item) => (isObject(item) ? nameOf(item) : String(item))).join(", ");
  return JSON.stringify(value);
}

/**
 * The command that resumes a run.
 * @param words this process's, without the program's
 * @param output the run's folder, where the words do not name it
 */
export function resumeCommand(words: readonly string[], output: string | undefined): string {
  const more = output === undefined ? [] : ["--output", output];
  if (!words.includes("--resume")) more.push("--resume");
  // Behind it words are no flags.
  const end = words.includes("--") ? words.indexOf("--") : words.length;
  return shellWords(["glm-eval", ...words.slice(0, end), ...more, ...words.slice(end)]);
}

/**
 * The command of a run again, to ask what a calibration needs besides.
 * @param folder the run's
 */
export function calibrateCommand({ command }: RunRecord, kind: string, folder: string): string {
  const replaced = /^(--calibration|--output|--output[-_]path|-o)(=.*)?$/;
  const words = command.slice(1).filter((word, k, all) => {
    const isValue = k > 0 && replaced.test(all[k - 1]!) && !all[k - 1]!.includes("=");
    return !isValue && !replaced.test(word);
  });
  return resumeCommand([...words, "--calibration", kind], folder);
}
