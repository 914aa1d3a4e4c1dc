import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { Findings, type Problems, warningLines } from "../findings.js";
import { buildPattern, type CheckedPattern } from "./build-pattern.js";
import { checkDefinition } from "./check-definition.js";
import type { Templates } from "./check-examples.js";
import { checkSchema, type DataTask, type TaskDraft } from "./check-schema.js";
import { findReader } from "./find-reader.js";
import { loadSplit } from "./load-split.js";
import type { ExampleReader, ReaderPlugin } from "./readers/index.js";
import { findSplit, getSplitFiles } from "./split-files.js";
import type { Dataset, LoadOptions, SplitOptions, Task, TaskPattern } from "./task.js";
import { readTaskFile } from "./task-file.js";
import { type LoadedMetrics, loadMetrics } from "./task-metrics.js";
import { parseYaml, type YamlFile } from "./yaml-file.js";

/**
 * Reads a task file and checks everything that can be checked without data.
 * @throws GlmEvalError (data) for the first error, with file:line:column
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

/** The valid parts of a task file. */
export interface OpenTask {
  /** the content of the file; undefined if it cannot be read */
  readonly text: string | undefined;
  /** undefined if the file has errors */
  readonly task: Task | undefined;
  /** the patterns without errors */
  readonly patterns: readonly TaskPattern[];
  readonly data: OpenData | undefined;
}

/** The data of a task whose keys about data are valid. */
export interface OpenData {
  readonly files: Task["dataFiles"];
  readonly hub: Task["hub"] | undefined;
  find(options: SplitOptions): string | undefined;
  load(options: LoadOptions, problems: Problems): Promise<Dataset>;
}

/** Reads a task file and reports every error that can be found without data. */
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
    draft.data && (await findReader(draft.data.reader, yaml.position(["data", "reader"]), findings));
  if (reader?.columns !== undefined) checkColumns(checked, reader.columns, findings);
  const data = openData(draft, yaml, reader, reader?.columns === undefined ? checked : []);
  const task = assembleTask(draft, file, bytes, { patterns, data, reader, metrics }, findings);
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
  const templates: Templates = {
    columns: [...new Set(unchecked.flatMap(({ columns }) => columns))],
    checkColumns: (columns, to) => checkColumns(unchecked, columns, to),
  };
  return {
    files: getSplitFiles(task),
    hub: data.hub,
    find: (options) => findSplit(task, yaml.file, options),
    load: (options, problems) => loadSplit(task, yaml, reader, options, templates, problems),
  };
}

function assembleTask(
  { task: name, title, labels, prior, default_pattern: wanted }: TaskDraft,
  file: string,
  bytes: Buffer,
  parts: {
    readonly patterns: readonly TaskPattern[];
    readonly data: OpenData | undefined;
    readonly reader: ExampleReader | ReaderPlugin | undefined;
    readonly metrics: LoadedMetrics | undefined;
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
    ...(data!.hub && { hub: data!.hub }),
    find: data!.find,
    async load(options) {
      const found = new Findings();
      const dataset = await data!.load(options, found);
      found.throwFirst(file, options);
      return { ...dataset, warnings: warningLines(found) };
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
