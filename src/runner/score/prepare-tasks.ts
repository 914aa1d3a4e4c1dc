import { explain, GlmEvalError, nearest } from "../../errors.js";
import { describeFinding, type Finding, Findings } from "../../findings.js";
import {
  type CalibrationKind,
  checkCalibration,
  checkQuestions,
  type DataDownloads,
  type DataLayout,
  type Dataset,
  type LimitOptions,
  type Task,
  type TaskPattern,
} from "../../tasks/index.js";
import { drawShots, type FewshotOptions, getFewshotSplit, loadPool } from "./fewshot.js";

/** A task, prepared as far as possible without a model. */
export type PreparedTask =
  | {
      readonly task: Task;
      readonly status: "ready";
      readonly dataset: Dataset;
      /** the examples from which few-shot examples are drawn; undefined if none are shown */
      readonly pool: Dataset | undefined;
      /** those to score */
      readonly patterns: readonly TaskPattern[];
    }
  | {
      readonly task: Task;
      readonly status: "missing" | "failed";
      readonly message: string;
      /** why the task failed */
      readonly error?: unknown;
    };

/** A data file that was read. */
export interface DataRecord {
  readonly task: string;
  /** "validation"; "fewshot" or "train" for few-shot examples */
  readonly split: string;
  readonly file: string;
  readonly sha256: string;
  readonly examples: number;
  /** of the official files or the hub; undefined if the task's data has only one layout */
  readonly layout?: DataLayout;
  /** whether the limit excluded some of the file's examples */
  readonly isPart?: boolean;
}

/** Which examples of tasks are scored, and with which patterns. */
export interface PrepareOptions extends LimitOptions {
  /** folder of the data sets, with their official names: "<root>/BoolQ/val.jsonl" */
  readonly dataRoot: string;
  readonly split?: string | undefined;
  /** ids of patterns, or "all"; default: each task's published default pattern */
  readonly patterns?: readonly string[] | "all" | undefined;
  /** examples shown before each question; default: none */
  readonly fewshot?: FewshotOptions | undefined;
  /** which calibration questions are scored as well; default: none */
  readonly calibration?: CalibrationKind | undefined;
  /** how data files with a URL are downloaded */
  readonly downloads?: DataDownloads | undefined;
  readonly signal?: AbortSignal | undefined;
  /** receives, as a sentence, each problem of a table that can still be read */
  readonly onWarning?: ((text: string) => void) | undefined;
}

/**
 * Reads the data of tasks and checks that every question can be built, so that errors are reported before a model is
 * loaded. A task without data gets the status "missing"; one with errors gets "failed".
 * @throws GlmEvalError (usage) if a task lacks one of the patterns
 */
export async function prepareTasks(tasks: readonly Task[], options: PrepareOptions): Promise<PreparedTask[]> {
  const patterns = tasks.map((task) => choosePatterns(task, options.patterns));
  const prepared: PreparedTask[] = [];
  for (const [k, task] of tasks.entries()) prepared.push(await prepareTask(task, patterns[k]!, options));
  return prepared;
}

async function prepareTask(
  task: Task,
  patterns: readonly TaskPattern[],
  { dataRoot: root, split = "validation", fewshot, signal, calibration, ...options }: PrepareOptions,
): Promise<PreparedTask> {
  if (!task.find({ root, split })) {
    const names = task.dataFiles[split]?.join(" or ") ?? `a ${split} split`;
    return { task, status: "missing", message: `${names} is not in ${root}` };
  }
  const downloads = { signal, ...options.downloads };
  const { limit, limitBy, limitSeed } = options;
  const warnings: Finding[] = [];
  const onWarning = (warning: Finding) => void warnings.push(warning);
  try {
    const dataset = await task.load({ root, split, downloads, limit, limitBy, limitSeed, onWarning });
    const findings = new Findings();
    checkQuestions(patterns, dataset.examples, findings);
    const calibrated = patterns.filter(({ decision }) => decision !== "greedy");
    if (calibration) checkCalibration(calibrated, calibration, dataset.examples, findings);
    findings.throwFirst(task.file, { root, split });
    const pool = fewshot && (await loadPool(task, { root, downloads, onWarning }));
    reportTables(warnings, options.onWarning);
    const [first] = dataset.examples;
    if (pool && first)
      for (const pattern of patterns) drawShots(task, pattern, dataset, pool, fewshot)(first);
    return { task, status: "ready", dataset, pool, patterns };
  } catch (error) {
    // Catch everything, including bugs in this program: the other tasks must still run.
    return { task, status: "failed", message: explain(error), error };
  }
}

/** Reports rows swallowed by a stray quote, which change every number of a run, as `tasks validate` does. */
function reportTables(warnings: readonly Finding[], report: PrepareOptions["onWarning"]): void {
  for (const warning of warnings)
    if (warning.code === "multi-line-field") report?.(`${describeFinding(warning)} (${warning.hint})`);
}

/** Returns the records of the data files of tasks that are ready. */
export function dataRecords(prepared: readonly PreparedTask[], split = "validation"): DataRecord[] {
  const record = (
    task: Task,
    split: string,
    { file, hash, layout, examples, isPart }: Dataset,
  ): DataRecord => ({
    task: task.name,
    split,
    file,
    sha256: hash,
    examples: examples.length,
    ...(layout && { layout }),
    ...(isPart && { isPart }),
  });
  return prepared.flatMap((each) => {
    if (each.status !== "ready") return [];
    const { task, dataset, pool } = each;
    return [record(task, split, dataset), ...(pool ? [record(task, getFewshotSplit(task), pool)] : [])];
  });
}

/**
 * Finds the patterns of a task by id; by default its published default pattern; for "all", every one.
 * @throws GlmEvalError (usage) with the nearest pattern
 */
export function choosePatterns(task: Task, wanted: PrepareOptions["patterns"]): readonly TaskPattern[] {
  if (wanted === "all") return task.patterns;
  const known = task.patterns.map(({ id }) => id);
  return (wanted ?? [task.defaultPattern]).map((id) => {
    const pattern = task.patterns.find((p) => p.id === id);
    if (pattern) return pattern;
    const near = nearest(id, known);
    throw new GlmEvalError("pattern-not-found", `${task.name} has no pattern ${JSON.stringify(id)}`, {
      hint: `${near === undefined ? "" : `did you mean ${near}? `}Its patterns are: ${known.join(", ")}; or all`,
    });
  });
}
