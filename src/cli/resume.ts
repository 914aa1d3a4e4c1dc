import { GlmEvalError } from "../errors.js";
import type { Json } from "../json.js";

/**
 * What of run.json may differ between the processes that go on with one run, wherever in it: no score hangs on it.
 * Files may have moved: their hashes say whether they are the same.
 */
const FREE = new Set(
  (
    "schema command started resumed finished interrupted node platform cpu " +
    "source revision root file notes error score_cache"
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

/** A run that goes on. */
export interface EarlierRun {
  /** as the user named it */
  readonly folder: string;
  /** its run.json */
  readonly record: Json;
}

/**
 * Sees that a run goes on as it was begun, so that what is in its journal is what would be scored now.
 * @param now run.json of this process
 * @throws GlmEvalError("usage") for an option, "data" for a file or program that is another; naming the first
 */
export function checkSameRun(earlier: EarlierRun, now: Json): void {
  refuse(earlier, difference(earlier.record, now, ""));
}

/** `checkSameRun` for one model, once it is loaded; one that could not be loaded before may be any. */
export function checkSameModel(earlier: EarlierRun, now: Json, name: string): void {
  const [before, loaded] = [earlier.record, now].map((record) => modelOf(record, name));
  if (isObject(before) && before.weights_sha256 !== undefined)
    refuse(earlier, difference(before, loaded, name));
}

/** The size of a batch that was found out for a model when the run was begun; undefined where it was not. */
export function batchTokensOf({ record }: EarlierRun, name: string): number | undefined {
  const model = modelOf(record, name);
  return isObject(model) && typeof model.batch_tokens === "number" ? model.batch_tokens : undefined;
}

/** What a run.json says of one of its models. */
export function modelOf(record: Json, name: string): Json | undefined {
  const { model, baselines } = record as { model?: Json; baselines?: readonly Json[] };
  return [model, ...(baselines ?? [])].find((each) => isObject(each) && each.name === name);
}

function refuse(run: EarlierRun, found: Difference | undefined): void {
  if (found === undefined) return;
  const { place } = found;
  const isContent = CONTENT.test(place);
  const { command, glm_eval: version } = run.record as Record<string, Json>;
  const begun = Array.isArray(command) ? shellWords(command.map(String)) : "";
  const anew = "or begin a new run with another --output";
  const hint =
    place === "glm_eval"
      ? `Go on with glm-eval ${version}, ${anew}.`
      : isContent
        ? `Its scores are of what was there then: put that back, ${anew}.`
        : `Give the options that it was begun with (${begun}), ${anew}.`;
  throw new GlmEvalError(
    isContent ? "data" : "usage",
    `the run in ${run.folder} cannot go on: ${place}: found ${told(found.now)}; expected ${told(found.before)}`,
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

/** What an item of a list goes by: a model, a task, a split of a task's data, or the item itself. */
function nameOf(item: Json): string {
  if (!isObject(item)) return JSON.stringify(item);
  const { name, task, split } = item;
  return [name, task, split].filter((part) => part !== undefined).join(" ");
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function told(value: Json | undefined): string {
  if (value === undefined || value === null) return "none";
  if (Array.isArray(value))
    return value.length === 0
      ? "none"
      : value.map((item) => (isObject(item) ? nameOf(item) : String(item))).join(", ");
  return JSON.stringify(value);
}

/**
 * The command that goes on with a run.
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

function shellWords(words: readonly string[]): string {
  const plain = /^[\w@%+=:,./-]+$/;
  return words.map((word) => (plain.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}
