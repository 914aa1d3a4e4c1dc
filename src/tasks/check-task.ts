import path from "node:path";
import { type Finding, Findings } from "../findings.js";
import { checkMetrics } from "./check-metrics.js";
import { checkQuestions } from "./check-questions.js";
import { type OpenData, openTask } from "./load-task.js";
import { pullHint } from "./pull-hint.js";
import { DEFAULT_SPLIT, nearData } from "./split-files.js";
import type { Dataset, LoadOptions, Task, TaskPattern } from "./task.js";

/** Everything that can be known about a task without a model. */
export interface TaskCheck {
  readonly file: string;
  /** the content of the task file; undefined if it cannot be read */
  readonly text: string | undefined;
  readonly findings: Findings;
  /** undefined if the file itself has errors */
  readonly task: Task | undefined;
  /** the patterns without errors */
  readonly patterns: readonly TaskPattern[];
  readonly split: string | undefined;
  /** the examples that could be read; undefined if there is no data */
  readonly dataset: Dataset | undefined;
  /** why there is no data, if the split's file is missing; this is not among the findings */
  readonly missing: Omit<Finding, "severity"> | undefined;
}

/**
 * Checks a task file, its data, and that every pattern can render every example; continues after errors as far as it can.
 * By default it reads the validation split, or the task's first one if there is none.
 */
export async function checkTask(file: string, options: LoadOptions): Promise<TaskCheck> {
  const findings = new Findings();
  const { text, task, patterns: compiled, data } = await openTask(file, findings);
  const split = options.split ?? firstSplit(data);
  const found = data && split !== undefined ? { ...options, split } : undefined;
  const missing = found && missingData(file, data!, found);
  const dataset = found && missing === undefined ? await data!.load(found, findings) : undefined;
  // A missing column would be reported again for every example.
  const broken = new Set(
    findings.list.map(({ severity, pattern }) => (severity === "error" ? pattern : undefined)),
  );
  const patterns = compiled.filter(({ id }) => !broken.has(id));
  if (dataset) checkQuestions(patterns, dataset.examples, findings);
  if (dataset && task) checkMetrics(task, patterns, dataset.examples, findings);
  return { file, text, findings, task, patterns, split, dataset, missing };
}

function firstSplit(data: OpenData | undefined): string | undefined {
  const splits = Object.keys(data?.files ?? {});
  return splits.includes(DEFAULT_SPLIT) ? DEFAULT_SPLIT : splits[0];
}

function missingData(
  file: string,
  { files, hub, find }: OpenData,
  options: LoadOptions & { split: string },
): TaskCheck["missing"] {
  const { root, split } = options;
  if (find(options)) return undefined;
  const names = files[split];
  return {
    code: "no-data",
    file,
    message:
      names === undefined
        ? `the task has no split "${split}"; its splits are: ${Object.keys(files).join(", ")}`
        : `no ${names.join(" or ")} in ${root} or next to the task file: checked without data`,
    hint:
      names === undefined
        ? undefined
        : pullHint(
            [{ name: path.basename(file, ".yaml"), file, ...(hub && { hub }) }],
            nearData({ dataFiles: files, file }, root, split) ??
              "Pass the folder of the data sets with --data.",
          ),
  };
}
