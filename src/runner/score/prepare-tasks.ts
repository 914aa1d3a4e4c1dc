import { explain, GlmEvalError, nearest } from "../../errors.js";
import { Findings, type Problems, warningLines } from "../../findings.js";
import {
  type CalibrationKind,
  checkCalibration,
  checkMetrics,
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
      /** the pool of few-shot examples; undefined if none are used */
      readonly pool: Dataset | undefined;
      /** the examples to score */
      readonly patterns: readonly TaskPattern[];
      /** warnings, one line per kind; the task can be scored all the same */
      readonly warnings?: readonly string[];
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
  /** ids of patterns, or "all"; default: each task's published pattern */
  readonly patterns?: readonly string[] | "all" | undefined;
  /** few-shot examples before each question; default: none */
  readonly fewshot?: FewshotOptions | undefined;
  /** whether the inputs for calibration are scored as well */
  readonly calibration?: CalibrationKind | undefined;
  /** what to do with an example that cannot be scored: "stop" (default) fails its task; "skip" leaves it out */
  readonly onError?: "stop" | "skip" | undefined;
  /** how data files given by URL are downloaded */
  readonly downloads?: DataDownloads | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads the data of tasks and checks that every question can be scored, so problems are reported before a model is loaded.
 * A task without data is "missing", one that cannot be scored is "failed".
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
  try {
    const dataset = await task.load({ root, split, downloads, limit, limitBy, limitSeed });
    const findings = new Findings();
    const asking = options.onError === "skip" ? withoutExamples(findings) : findings;
    checkQuestions(patterns, dataset.examples, asking);
    const calibrated = patterns.filter(({ decision }) => decision !== "greedy");
    if (calibration) checkCalibration(calibrated, calibration, dataset.examples, asking);
    checkMetrics(task, patterns, dataset.examples, findings);
    findings.throwFirst(task.file, { root, split });
    const pool = fewshot && (await loadPool(task, { root, downloads }));
    const [first] = dataset.examples;
    if (pool && first)
      for (const pattern of patterns) drawShots(task, pattern, dataset, pool, fewshot)(first);
    // The pool may be the same file as the data.
    const warnings = new Set([
      ...(dataset.warnings ?? []),
      ...warningLines(findings),
      ...(pool?.warnings ?? []),
    ]);
    return { task, status: "ready", dataset, pool, patterns, warnings: [...warnings] };
  } catch (error) {
    // Any error, even a bug in this program, must not affect the other tasks.
    return { task, status: "failed", message: explain(error), error };
  }
}

/** Drops the errors of single examples, because these examples are left out. */
function withoutExamples(problems: Problems): Problems {
  return {
    add(finding) {
      if (finding.severity === "warning" || finding.example === undefined) problems.add(finding);
    },
  };
}

/** Lists the data files of tasks that are ready. */
export function listDataRecords(prepared: readonly PreparedTask[], split = "validation"): DataRecord[] {
  const record = (
    task: Task,
    from: string,
    { file, hash, layout, examples, isPart }: Dataset,
  ): DataRecord => ({
    task: task.name,
    split: from,
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
 * Returns the patterns of a task by their ids, or all for "all"; default: its published pattern.
 * @throws GlmEvalError (usage) that suggests the nearest pattern
 */
export function choosePatterns(task: Task, wanted: PrepareOptions["patterns"]): readonly TaskPattern[] {
  if (wanted === "all") return task.patterns;
  const known = task.patterns.map(({ id }) => id);
  return (wanted ?? [task.defaultPattern]).map((id) => {
    const pattern = task.patterns.find((p) => p.id === id);
    if (pattern) return pattern;
    const near = nearest(id, known);
    throw new GlmEvalError("pattern-not-found", `${task.name} has no pattern ${JSON.stringify(id)}`, {
      hint: `${near === undefined ? "" : `Did you mean ${near}? `}Its patterns are: ${known.join(", ")}; or all`,
    });
  });
}
