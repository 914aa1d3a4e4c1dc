import { z } from "zod";
import { cache, common, conventionOptions, scoringOptions } from "./conventions-schema.js";
import { data, dataOptions, diagnostics, limit, patterns, split, tasks } from "./data-schema.js";
import {
  allowExtraTensors,
  baseline,
  batchSize,
  checkpointOptions,
  glmDtype,
  model,
  modelOptions,
  readerOptions,
} from "./model-schema.js";
import { flag, option, required, text, wholeNumber, withDefault, withMeta } from "./option.js";
import {
  comparisonFormat,
  force,
  format,
  json,
  number,
  output,
  outputOptions,
  published,
} from "./output-schema.js";

// The options of each command. Options that only one command has are defined here.

const file = (help: string) => option(text.optional(), { help, placeholder: "FILE" });

/** Options of a run: any tasks, one or more models. */
export const runOptions = z.object({
  tasks: withMeta(withDefault(tasks, []), {
    help: "a built-in task or suite, or the path of a task or suite file",
    placeholder: "TASK",
    examples: ["boolq", "./my-task.yaml"],
  }),
  model,
  baseline,
  ...modelOptions.shape,
  batchSize,
  ...scoringOptions.shape,
  cache,
  ...dataOptions.shape,
  ...outputOptions.shape,
});

export const superglueOptions = runOptions.extend({ tasks, diagnostics });

/** Options for scoring texts from the command line, a file or stdin. */
export const scoreTextOptions = z.object({
  texts: option(z.array(z.string()).default([]), { help: "a text with one [MASK]", placeholder: "TEXT" }),
  answers: option(z.array(z.string()).optional(), {
    help: 'answers, separated by commas (quote an answer "that has, a comma")',
    alias: ["a"],
    placeholder: "ANSWERS",
    repeated: true,
    examples: ['France,Italy,"the Netherlands"'],
  }),
  input: withMeta(file('a file of JSON lines {"id", "text", "answers"}; - reads stdin'), { alias: ["i"] }),
  model,
  ...modelOptions.shape,
  batchSize,
  ...scoringOptions.pick({ endOfPiece: true, normalization: true }).shape,
  cache,
  output: withMeta(output, { help: "file for the scores as JSON lines; - is stdout (default with --input)" }),
  json: withMeta(json, { help: "print JSON lines instead of a table" }),
});

const finishedRun = option(text, { help: "a finished run's folder", placeholder: "RUN" });

/** Options for judging a finished run by other conventions; each defaults to the run's own. */
export const judgeOptions = z.object({
  run: finishedRun,
  ...scoringOptions.shape,
  patterns: withMeta(patterns, {
    help: "pattern ids separated by commas, or all; default: the run's patterns",
  }),
  output: withMeta(output, {
    help: "new or empty folder for the new results; by default they are only printed",
    placeholder: "FOLDER",
    examples: ["results/by-bytes"],
  }),
  format,
  json: withMeta(json, { help: "print results.json instead of the table; same as --format json" }),
});

export const compareOptions = z.object({
  runs: option(z.array(text).min(2), {
    help: "folders of finished runs; the first is compared with each of the others",
    placeholder: "RUN",
    expected: "two or more finished runs",
  }),
  common,
  format: comparisonFormat,
  json: withMeta(json, { help: "print JSON; same as --format json" }),
});

export const reportOptions = z.object({
  runs: option(z.array(text).min(1), {
    help: "folders of finished runs; the first is the main run, the others are baselines next to it",
    placeholder: "RUN",
    expected: "one or more finished runs",
  }),
  format,
  output: withMeta(output, {
    help: "output file; - is stdout (default)",
    examples: ["report.html"],
  }),
  force,
  examples: option(z.enum(["wrong", "right", "all", "disagree"]).optional(), {
    help: "show examples with their answers and scores: the wrong, the right or all; disagree: those where models differ",
    group: "Output",
  }),
  number: withMeta(withDefault(number, 10), { help: "with --examples: number of examples per task" }),
  published: withDefault(published, ["bert-large", "t5-large"]),
  classes: flag({
    help: "also show per-class results and confusion matrices (text, markdown, latex)",
    group: "Output",
  }),
  pattern: option(text.optional(), {
    help: "with --format superglue: the pattern whose predictions are submitted if a task ran several; default: their ensemble",
    group: "Output",
    placeholder: "ID",
    examples: ["p0"],
  }),
});

/** Exactly one model. */
const oneModel = checkpointOptions.extend({
  model: withMeta(required(model), { help: "model folder or hub name" }),
});

export const inspectOptions = oneModel.extend({
  protocol: conventionOptions.shape.protocol,
  json,
});

export const convertOptions = oneModel.extend({
  allowExtraTensors,
  output: required(output, {
    help: "output folder, for use with --model",
    placeholder: "FOLDER",
  }),
  dtype: glmDtype,
});

export const tasksListOptions = z.object({
  tasks: withMeta(runOptions.shape.tasks, {
    help: "task names or files; default: the built-in tasks and suites",
  }),
  data,
  json,
});

export const tasksValidateOptions = z.object({
  tasks: withMeta(runOptions.shape.tasks, { help: "task files, or names of built-in tasks" }),
  model: withMeta(model, { help: "model folder or hub name; also checks the task with its tokenizer" }),
  ...readerOptions.shape,
  data,
  split,
  limit,
  json,
});

export const tasksShowOptions = z.object({
  task: option(text, { help: "a task file, or the name of a built-in task", placeholder: "TASK" }),
  model: withMeta(model, { help: "model folder or hub name; also shows the tokens" }),
  ...readerOptions.shape,
  data,
  split,
  number: withMeta(withDefault(number, 3), { help: "number of examples per pattern" }),
  patterns: withMeta(patterns, {
    help: "pattern ids separated by commas, or all; default: the task's default pattern",
  }),
  ...dataOptions.pick({ numFewshot: true, fewshotSeed: true, fewshotBalanced: true }).shape,
  full: flag({ help: "long texts in full, without leaving out their middle" }),
  json,
});

const columnText = (help: string, placeholder: string) => option(text.optional(), { help, placeholder });

/** Options for a new task; the command prompts for those that are missing. */
export const tasksNewOptions = z.object({
  file: file("task file to write; default: the data file's name with .yaml"),
  from: required(file("data file: JSON lines, JSON, CSV, TSV or Parquet")),
  train: file("data file for few-shot examples"),
  reader: option(z.enum(["jsonl", "json", "csv", "tsv", "parquet"]).optional(), {
    help: "format of the data; default: detected",
  }),
  header: withMeta(tasks, {
    help: "column names of a table without a header row, separated by commas; default: detected",
    alias: [],
    group: "Other",
    placeholder: "COLUMNS",
    examples: ["text,label"],
  }),
  delimiter: columnText("separator between the fields of a table; default: detected", "CHARACTER"),
  quote: option(z.string().optional(), {
    help: 'quote character of a table; "" if quotes have no meaning; default: detected',
    placeholder: "CHARACTER",
  }),
  id: columnText("name of the task; default: the file's name", "NAME"),
  title: columnText("title of the task; default: its name", "TEXT"),
  text: columnText("pattern with one [MASK] and {{ column }} for each column to show", "PATTERN"),
  label: columnText("column with the gold label, or the text of the gold answer", "COLUMN"),
  labels: withMeta(tasks, {
    help: "labels in class order, separated by commas; default: the column's values",
    alias: [],
    group: "Other",
    placeholder: "LABELS",
    examples: ["no,yes"],
  }),
  word: option(z.array(z.string()).optional(), {
    help: "LABEL=WORD: the word that fills the blank for a label; default: the label itself",
    placeholder: "LABEL=WORD",
    repeated: true,
    examples: ["negative=bad"],
  }),
  answersFrom: columnText("column with a list of answers, for a task without labels", "COLUMN"),
  answer: option(z.array(z.string()).optional(), {
    help: "answer template, one per label",
    placeholder: "TEMPLATE",
    repeated: true,
  }),
  metric: withMeta(tasks, {
    help: "metrics, separated by commas; default: accuracy, or exact_match without labels",
    alias: [],
    group: "Other",
    placeholder: "METRICS",
    examples: ["accuracy,f1_macro"],
  }),
  force,
});

/** Data sets that are downloaded or copied. */
export const dataPullOptions = z.object({
  tasks: withMeta(required(tasks), {
    help: "tasks, or a suite: all built-in tasks of its data set",
    placeholder: "TASK",
    examples: ["superglue", "boolq"],
  }),
  from: option(text.default("hub"), {
    help: "hub; a folder or a .zip file with the official files or the hub's; the address of such a .zip, or of the folder of the official ones (BoolQ.zip, …)",
    group: "Data",
    placeholder: "SOURCE",
    examples: ["./downloads", "https://dl.fbaipublicfiles.com/glue/superglue/data/v2"],
  }),
  dir: option(text.optional(), {
    help: "folder for the files; default: a folder in the cache",
    group: "Data",
    placeholder: "FOLDER",
    examples: ["./superglue"],
  }),
  revision: option(text.default("main"), {
    help: "branch, tag or commit of the data set on the hub",
    group: "Data",
    placeholder: "REVISION",
    examples: ["refs/convert/parquet"],
  }),
  offline: flag({ help: "use only what is in the hub's cache", group: "Data" }),
  json,
});

export const dataListOptions = z.object({
  data: withMeta(data, { help: "folder to list; default: everything that was pulled" }),
  json,
});

export const cacheClearOptions = z.object({
  hashes: option(z.array(text).default([]), {
    help: "hash of a model, or a unique prefix of it",
    placeholder: "HASH",
  }),
  olderThan: option(wholeNumber(0).optional(), {
    help: "only models last used more than this many days ago",
    placeholder: "DAYS",
    examples: ["90"],
  }),
});

/** Commands that only print information. */
export const printingOptions = z.object({ json });

export const noOptions = z.object({});

export const setupCudaOptions = z.object({
  from: file("NuGet package, or a folder with the libraries; downloaded by default"),
});

export type RunOptions = z.output<typeof runOptions>;
export type SuperglueOptions = z.output<typeof superglueOptions>;
export type ScoreTextOptions = z.output<typeof scoreTextOptions>;
export type JudgeOptions = z.output<typeof judgeOptions>;
export type CompareOptions = z.output<typeof compareOptions>;
export type ReportOptions = z.output<typeof reportOptions>;
export type InspectOptions = z.output<typeof inspectOptions>;
export type ConvertOptions = z.output<typeof convertOptions>;
export type TasksListOptions = z.output<typeof tasksListOptions>;
export type TasksValidateOptions = z.output<typeof tasksValidateOptions>;
export type TasksShowOptions = z.output<typeof tasksShowOptions>;
export type TasksNewOptions = z.output<typeof tasksNewOptions>;
export type DataPullOptions = z.output<typeof dataPullOptions>;
export type DataListOptions = z.output<typeof dataListOptions>;
export type CacheClearOptions = z.output<typeof cacheClearOptions>;
export type SetupCudaOptions = z.output<typeof setupCudaOptions>;
export type PrintingOptions = z.output<typeof printingOptions>;
