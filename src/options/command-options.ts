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
import { asked, flag, option, required, text, wholeNumber, withDefault } from "./option.js";
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

// What each command takes. Options that only one command has are described here.

const file = (help: string) => option(text.optional(), { help, placeholder: "FILE" });

/** A run: any tasks, with one model or several. */
export const runOptions = z.object({
  tasks: asked(withDefault(tasks, []), {
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

/** Texts that are typed in or read. */
export const scoreTextOptions = z.object({
  texts: option(z.array(z.string()).default([]), { help: "a text with one [MASK]", placeholder: "TEXT" }),
  answers: option(z.array(z.string()).optional(), {
    help: 'answers, separated by commas ("quote, one" that has a comma)',
    alias: ["a"],
    placeholder: "ANSWERS",
    repeated: true,
    examples: ['France,Italy,"the Netherlands"'],
  }),
  input: asked(file('JSON lines {"id", "text", "answers"}; - is stdin'), { alias: ["i"] }),
  model,
  ...modelOptions.shape,
  batchSize,
  ...scoringOptions.pick({ endOfPiece: true, normalization: true }).shape,
  cache,
  output: asked(output, { help: "where the JSON lines of scores go; - is stdout (default with --input)" }),
  json: asked(json, { help: "JSON lines instead of a table" }),
});

const finishedRun = option(text, { help: "a finished run's folder", placeholder: "RUN" });

/** A finished run by other conventions; each as the run had it unless given. */
export const judgeOptions = z.object({
  run: finishedRun,
  ...scoringOptions.shape,
  patterns: asked(patterns, { help: "pattern ids separated by commas, or all; those that the run asked" }),
  output: asked(output, {
    help: "a folder for the new results, new or empty; they are only printed unless given",
    placeholder: "FOLDER",
    examples: ["results/by-bytes"],
  }),
  format,
  json: asked(json, { help: "print results.json instead of the table: --format json" }),
});

export const compareOptions = z.object({
  runs: option(z.array(text).min(2), {
    help: "finished runs' folders; the first is compared with each of the others",
    placeholder: "RUN",
    expected: "two finished runs or more",
  }),
  common,
  format: comparisonFormat,
  json: asked(json, { help: "as JSON: --format json" }),
});

export const reportOptions = z.object({
  runs: option(z.array(text).min(1), {
    help: "finished runs' folders; the first is the run, the others stand beside it as baselines",
    placeholder: "RUN",
    expected: "a finished run or more",
  }),
  format,
  output: asked(output, {
    help: "the file that is written; - is stdout (default)",
    examples: ["report.html"],
  }),
  force,
  examples: option(z.enum(["wrong", "right", "all", "disagree"]).optional(), {
    help: "show examples with their answers and scores: those that were answered so; disagree: where the models differ",
    group: "Output",
  }),
  number: asked(withDefault(number, 10), { help: "with --examples: how many of each task" }),
  published: withDefault(published, ["bert-large", "t5-large"]),
  classes: flag({
    help: "also results by class and confusion matrices (text, markdown, latex)",
    group: "Output",
  }),
  pattern: option(text.optional(), {
    help: "with --format superglue: whose predictions are submitted where a task ran with several patterns; their ensemble",
    group: "Output",
    placeholder: "ID",
    examples: ["p0"],
  }),
});

/** One model by name. */
const oneModel = checkpointOptions.extend({
  model: asked(required(model), { help: "a folder or a hub name" }),
});

export const inspectOptions = oneModel.extend({
  protocol: conventionOptions.shape.protocol,
  json,
});

export const convertOptions = oneModel.extend({
  allowExtraTensors,
  output: required(output, {
    help: "folder to write; --model takes it like any other",
    placeholder: "FOLDER",
  }),
  dtype: glmDtype,
});

export const tasksListOptions = z.object({
  tasks: asked(runOptions.shape.tasks, { help: "names or files; what comes with the program unless given" }),
  data,
  json,
});

export const tasksValidateOptions = z.object({
  tasks: asked(runOptions.shape.tasks, { help: "task files, or names of built-in tasks" }),
  model: asked(model, { help: "a folder or a hub name: also see what its tokenizer makes of the task" }),
  ...readerOptions.shape,
  data,
  split,
  limit,
  json,
});

export const tasksShowOptions = z.object({
  task: option(text, { help: "a task file, or the name of a built-in task", placeholder: "TASK" }),
  model: asked(model, { help: "a folder or a hub name: also show the tokens" }),
  ...readerOptions.shape,
  data,
  split,
  number: asked(withDefault(number, 3), { help: "examples of each pattern" }),
  patterns: asked(patterns, {
    help: "pattern ids separated by commas, or all; the task's default unless given",
  }),
  ...dataOptions.pick({ numFewshot: true, fewshotSeed: true, fewshotBalanced: true }).shape,
  full: flag({ help: "long texts in full, without leaving out their middle" }),
  json,
});

const columnText = (help: string, placeholder: string) => option(text.optional(), { help, placeholder });

/** What the command line says of a new task; what is missing is asked for. */
export const tasksNewOptions = z.object({
  file: file("the task file; the data file's name with .yaml"),
  from: required(file("the data file: JSON lines, JSON, CSV, TSV or Parquet")),
  train: file("a data file that few-shot examples come from"),
  reader: option(z.enum(["jsonl", "json", "csv", "tsv", "parquet"]).optional(), {
    help: "the data's format; detected by default",
  }),
  header: asked(tasks, {
    help: "the columns' names, separated by commas, of a table without a header row; detected by default",
    alias: [],
    group: "Other",
    placeholder: "COLUMNS",
    examples: ["text,label"],
  }),
  delimiter: columnText("what separates the fields of a table; detected by default", "CHARACTER"),
  quote: option(z.string().optional(), {
    help: 'what encloses the fields of a table; "" if quotes mean nothing; detected by default',
    placeholder: "CHARACTER",
  }),
  id: columnText("the task's name; the file's unless given", "NAME"),
  title: columnText("the task's title; its name unless given", "TEXT"),
  text: columnText("the pattern: one [MASK], and {{ column }} for each column that is shown", "PATTERN"),
  label: columnText("the column with the right label, or the right answer's text", "COLUMN"),
  labels: asked(tasks, {
    help: "the labels in class order, separated by commas; the column's values",
    alias: [],
    group: "Other",
    placeholder: "LABELS",
    examples: ["no,yes"],
  }),
  word: option(z.array(z.string()).optional(), {
    help: "LABEL=WORD, what stands for a label in the blank; the label itself unless given",
    placeholder: "LABEL=WORD",
    repeated: true,
    examples: ["negative=bad"],
  }),
  answersFrom: columnText("the column with a list of answers, where there are no labels", "COLUMN"),
  answer: option(z.array(z.string()).optional(), {
    help: "a template of an answer, one for each label",
    placeholder: "TEMPLATE",
    repeated: true,
  }),
  metric: asked(tasks, {
    help: "metrics, separated by commas; accuracy, or exact_match without labels",
    alias: [],
    group: "Other",
    placeholder: "METRICS",
    examples: ["accuracy,f1_macro"],
  }),
  force,
});

export const cacheClearOptions = z.object({
  hashes: option(z.array(text).default([]), {
    help: "a model's hash, or as much of it as no other has",
    placeholder: "HASH",
  }),
  olderThan: option(wholeNumber(0).optional(), {
    help: "only of models that were last used more days ago than this",
    placeholder: "DAYS",
    examples: ["90"],
  }),
});

/** Commands that only say things. */
export const printingOptions = z.object({ json });

export const noOptions = z.object({});

export const setupCudaOptions = z.object({
  from: file("a NuGet package, or a folder with the libraries; downloaded unless given"),
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
export type CacheClearOptions = z.output<typeof cacheClearOptions>;
export type SetupCudaOptions = z.output<typeof setupCudaOptions>;
export type PrintingOptions = z.output<typeof printingOptions>;
