import { z } from "zod";
import { cache, common, conventionOptions, scoringOptions } from "./conventions-schema.js";
import { data, dataOptions, diagnostics, patterns, tasks } from "./data-schema.js";
import {
  allowExtraTensors,
  baseline,
  batchSize,
  checkpointOptions,
  glmDtype,
  model,
  modelOptions,
} from "./model-schema.js";
import { file, flag, option, required, text, wholeNumber, withDefault, withMeta } from "./option.js";
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

// The options of each command, except those of `glm-eval tasks`. Options of a single command are defined here.

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

/** Data sets that are downloaded or copied. */
export const dataPullOptions = z.object({
  tasks: withMeta(required(tasks), {
    help: "tasks, or a suite: all built-in tasks of its data set",
    placeholder: "TASK",
    examples: ["superglue", "boolq"],
  }),
  from: option(text.default("hub"), {
    help: "hub; a folder or .zip file with the official files or the hub's; or the URL of such a .zip file, or of a folder with the official .zip files (BoolQ.zip, …)",
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
export type DataPullOptions = z.output<typeof dataPullOptions>;
export type DataListOptions = z.output<typeof dataListOptions>;
export type CacheClearOptions = z.output<typeof cacheClearOptions>;
export type SetupCudaOptions = z.output<typeof setupCudaOptions>;
export type PrintingOptions = z.output<typeof printingOptions>;
