import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { describeFinding, Findings, type Problems } from "../findings.js";
import { buildPattern, type CheckedPattern } from "./build-pattern.js";
import { checkDefinition } from "./check-definition.js";
import { checkSchema, type DataTask, type TaskDraft } from "./check-schema.js";
import { readerOf } from "./find-reader.js";
import { loadSplit } from "./load-split.js";
import type { ExampleReader, ReaderPlugin } from "./readers/index.js";
import { findSplit, splitFiles } from "./split-files.js";
import type { Dataset, LoadOptions, SplitOptions, Task, TaskPattern } from "./task.js";
import { readTaskFile } from "./task-file.js";
import { loadMetrics } from "./task-metrics.js";
import { parseYaml, type YamlFile } from "./yaml-file.js";

/**
 * Reads a task file and checks all of it that can be checked without data.
 * @throws GlmEvalError (data) made of the first error, with file:line:column
 *
 * @example
 * const task = await loadTask("my-task/task.yaml");
 * const { examples } = await task.load({ root: ".", limit: 1 });
 * for (const { clozes } of [task.patterns[0].question(examples[0])]) console.log(clozes[0].pattern.parts);
 */
export async function loadTask(file: string): Promise<Task> {
  const findings = new Findings();
  const { task } = await openTask(file, findings);
  findings.throwFirst(file);
  return task!;
}

/** A task file as far as it is right. */
export interface OpenTask {
  /** what the file holds; undefined where it cannot be read */
  readonly text: string | undefined;
  /** undefined where the file has errors */
  readonly task: Task | undefined;
  /** the patterns that have none */
  readonly patterns: readonly TaskPattern[];
  readonly data: OpenData | undefined;
}

/** The data of a task whose file says clearly where it is. */
export interface OpenData {
  readonly files: Task["dataFiles"];
  find(options: SplitOptions): string | undefined;
  load(options: LoadOptions, problems: Problems): Promise<Dataset>;
}

/** Reads a task file and reports all that is wrong with it, as far as that can be seen without data. */
export async function openTask(file: string, findings: Findings): Promise<OpenTask> {
  const bytes = await readTaskFile(file, findings);
  const text = bytes?.toString("utf8");
  const yaml = text === undefined ? undefined : parseYaml(file, text, findings);
  if (bytes === undefined || yaml === undefined)
    return { text, task: undefined, patterns: [], data: undefined };
  const draft = checkSchema(yaml, findings);
  checkDefinition(draft, yaml, findings);
  const metrics = await loadMetrics(draft, yaml, findings);
  const checked = draft.patterns.map((_, i) => buildPattern(draft, i, yaml, findings));
  const patterns = checked.flatMap(({ pattern }) => pattern ?? []);
  const reader =
    draft.data && (await readerOf(draft.data.reader, yaml.position(["data", "reader"]), findings));
  if (reader?.columns !== undefined) checkColumns(checked, reader.columns, findings);
  const data = openData(draft, yaml, reader, reader?.columns === undefined ? checked : []);
  const task = wholeTask(draft, file, bytes, { patterns, data, reader, metrics }, findings);
  return { text, task, patterns, data };
}

/** @param unchecked the patterns whose columns are known only from the data */
function openData(
  { data, patterns: _, ...draft }: TaskDraft,
  yaml: YamlFile,
  reader: ExampleReader | undefined,
  unchecked: readonly CheckedPattern[],
): OpenData | undefined {
  if (data === undefined || reader === undefined) return undefined;
  const task: DataTask = { ...draft, data };
  return {
    files: splitFiles(task),
    find: (options) => findSplit(task, yaml.file, options),
    load: (options, problems) =>
      loadSplit(task, yaml, reader, options, (columns, to) => checkColumns(unchecked, columns, to), problems),
  };
}

function wholeTask(
  { task: name, title, labels, prior, default_pattern: wanted }: TaskDraft,
  file: string,
  bytes: Buffer,
  parts: {
    readonly patterns: readonly TaskPattern[];
    readonly data: OpenData | undefined;
    readonly reader: ExampleReader | ReaderPlugin | undefined;
    readonly metrics: Pick<Task, "metrics" | "metricModules"> | undefined;
  },
  findings: Findings,
): Task | undefined {
  if (findings.errors > 0) return undefined;
  const { patterns, data, reader, metrics } = parts;
  return {
    name: name!,
    title: title!,
    file: resolve(file),
    hash: createHash("sha256").update(bytes).digest("hex"),
    ...(reader && "hash" in reader && { reader: { file: reader.file, hash: reader.hash } }),
    labels: labels!,
    ...(prior && { prior: labels!.map((label) => prior[label]!) }),
    ...metrics!,
    patterns,
    defaultPattern: wanted ?? patterns[0]!.id,
    dataFiles: data!.files,
    find: data!.find,
    async load(options) {
      const found = new Findings();
      const dataset = await data!.load(options, found);
      found.throwFirst(file, options);
      for (const finding of found.list)
        options.onWarning?.({
          code: finding.code,
          text: `${describeFinding(finding)}${finding.hint ? ` (${finding.hint})` : ""}`,
        });
      return dataset;
    },
  };
}

function checkColumns(
  patterns: readonly CheckedPattern[],
  columns: readonly string[],
  problems: Problems,
): void {
  for (const pattern of patterns) pattern.checkColumns(columns, problems);
}
