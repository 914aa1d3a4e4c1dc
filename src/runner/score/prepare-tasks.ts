import { explain, GlmEvalError, nearest } from "../../errors.js";
import { Findings } from "../../findings.js";
import {
  type CalibrationKind,
  checkCalibration,
  checkQuestions,
  type DataDownloads,
  type Dataset,
  type Task,
  type TaskPattern,
} from "../../tasks/index.js";
import { drawShots, type FewshotOptions, fewshotSplit, loadPool } from "./fewshot.js";

/** A task as far as it can be got ready without a model. */
export type PreparedTask =
  | {
      readonly task: Task;
      readonly status: "ready";
      readonly dataset: Dataset;
      /** the examples that some are shown of before each question; undefined where none are */
      readonly pool: Dataset | undefined;
      /** those that are asked */
      readonly patterns: readonly TaskPattern[];
    }
  | {
      readonly task: Task;
      readonly status: "missing" | "failed";
      readonly message: string;
      /** what the task failed by */
      readonly error?: unknown;
    };

/** A data file that was read. */
export interface DataRecord {
  readonly task: string;
  /** "validation"; "fewshot" or "train" for the examples that were shown */
  readonly split: string;
  readonly file: string;
  readonly sha256: string;
  readonly examples: number;
}

/** Which examples of tasks are asked, and by which patterns. */
export interface PrepareOptions {
  /** folder of the data sets, by the official names: "<root>/BoolQ/val.jsonl" */
  readonly dataRoot: string;
  readonly split?: string | undefined;
  /** at most this many examples of each task, from the start of its file */
  readonly limit?: number | undefined;
  /** ids of patterns; each task's published default unless given; "all" for every one */
  readonly patterns?: readonly string[] | "all" | undefined;
  /** examples shown before each question; none unless given */
  readonly fewshot?: FewshotOptions | undefined;
  /** whether questions that calibrate are asked as well */
  readonly calibration?: CalibrationKind | undefined;
  /** how data files that are addresses are downloaded */
  readonly downloads?: DataDownloads | undefined;
  readonly signal?: AbortSignal | undefined;
  /** receives, as a sentence, what looks wrong in a table although it can be read */
  readonly onWarning?: ((text: string) => void) | undefined;
}

/**
 * Reads the data of tasks and sees that every question can be asked, so that what is wrong is told before a model is
 * loaded. A task whose data is not there is missing, one that cannot be asked has failed.
 * @throws GlmEvalError (usage) where a task lacks one of the patterns
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
  { dataRoot: root, split = "validation", limit, fewshot, signal, calibration, ...options }: PrepareOptions,
): Promise<PreparedTask> {
  if (!task.find({ root, split })) {
    const names = task.dataFiles[split]?.join(" or ") ?? `a ${split} split`;
    return { task, status: "missing", message: `${names} is not in ${root}` };
  }
  const downloads = { signal, ...options.downloads };
  // Rows that a stray quote swallowed change every number of a run.
  const onWarning = (warning: { code: string; text: string }): void => {
    if (warning.code === "multi-line-field") options.onWarning?.(warning.text);
  };
  try {
    const dataset = await task.load({ root, split, downloads, limit, onWarning });
    const findings = new Findings();
    checkQuestions(patterns, dataset.examples, findings);
    const calibrated = patterns.filter(({ decision }) => decision !== "greedy");
    if (calibration) checkCalibration(calibrated, calibration, dataset.examples, findings);
    findings.throwFirst(task.file, { root, split });
    const pool = fewshot && (await loadPool(task, { root, downloads, onWarning }));
    const [first] = dataset.examples;
    if (pool && first)
      for (const pattern of patterns) drawShots(task, pattern, dataset, pool, fewshot)(first);
    return { task, status: "ready", dataset, pool, patterns };
  } catch (error) {
    // Whatever it is, also a defect of this program: the other tasks are not lost by it.
    return { task, status: "failed", message: explain(error), error };
  }
}

/** The data files of tasks that are ready. */
export function dataRecords(prepared: readonly PreparedTask[], split = "validation"): DataRecord[] {
  const record = (task: Task, of: string, { file, hash, examples }: Dataset): DataRecord => ({
    task: task.name,
    split: of,
    file,
    sha256: hash,
    examples: examples.length,
  });
  return prepared.flatMap((each) => {
    if (each.status !== "ready") return [];
    const { task, dataset, pool } = each;
    return [record(task, split, dataset), ...(pool ? [record(task, fewshotSplit(task), pool)] : [])];
  });
}

/**
 * The patterns of a task by their ids; its published default unless told, every one for "all".
 * @throws GlmEvalError (usage) naming the nearest pattern
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
