import { z } from "zod";
import { runOptions } from "./command-options.js";
import { data, dataOptions, limit, patterns, split, tasks } from "./data-schema.js";
import { model, readerOptions } from "./model-schema.js";
import { file, flag, option, required, text, withDefault, withMeta } from "./option.js";
import { force, json, number } from "./output-schema.js";

// The options of `glm-eval tasks list`, `validate`, `show` and `new`.

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

export type TasksListOptions = z.output<typeof tasksListOptions>;
export type TasksValidateOptions = z.output<typeof tasksValidateOptions>;
export type TasksShowOptions = z.output<typeof tasksShowOptions>;
export type TasksNewOptions = z.output<typeof tasksNewOptions>;
