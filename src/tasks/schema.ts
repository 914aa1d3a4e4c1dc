import { z } from "zod";

const name = z
  .string({ error: "expected a name" })
  .regex(/^[\w.-]+$/, "expected a name of letters, digits, '_', '-' and '.'");
const column = z.string({ error: "expected the name of a column" }).min(1, "expected the name of a column");
/** YAML reads false and 0 as what they are; labels and words are texts. */
const word = z.union([z.string(), z.number(), z.boolean()], { error: "expected a word" }).transform(String);
const template = z.string({ error: "expected a text" });
const columns = z.array(column, { error: "expected a list of columns" });

/** One of a thing or several of it: always a list once it is read. */
function oneOrMore<T extends z.ZodType>(item: T, expected: string) {
  return z.union([item, z.array(item).min(1, expected)], { error: expected }).transform(listOf<z.output<T>>);
}

function listOf<T>(value: T | T[]): T[] {
  return Array.isArray(value) ? value : [value];
}

const paths = oneOrMore(z.string().min(1, "expected a path"), "expected a path or a list of paths");

const words = oneOrMore(
  word.refine((text) => text.trim() !== "", "expected a word"),
  "expected a word or a list of words",
);

/** What follows each few-shot example. */
export const DEFAULT_SEPARATOR = "\n\n";

const aggregate = z.enum(["max", "mean", "sum"], { error: "expected max, mean or sum" }).optional();

export const patternSchema = z.strictObject(
  {
    // What --patterns and the results mean by these names is not a pattern.
    id: word.pipe(
      name.refine((id) => id !== "all" && id !== "ensemble", "expected another name than all and ensemble"),
    ),
    text: template,
    verbalizer: z.record(z.string(), words, { error: "expected words for each label" }).optional(),
    answers: z.array(template, { error: "expected a list of texts" }).min(1, "expected an answer").optional(),
    answers_from: column.optional(),
    choices: z.array(template, { error: "expected a list of texts" }).min(1, "expected a choice").optional(),
    decision: z
      .enum(["best", "first", "greedy"], { error: "expected best, first or greedy" })
      .default("best"),
    normalization: z.enum(["sum", "mean"], { error: "expected sum or mean" }).default("sum"),
    aggregate: aggregate.describe("As the task's key of this name, for this pattern."),
  },
  {
    error: (issue) =>
      issue.code === "unrecognized_keys" ? undefined : "expected a pattern with id and text",
  },
);

export const taskSchema = z.strictObject(
  {
    task: name,
    title: z.string({ error: "expected a title" }),
    data: z.strictObject(
      {
        reader: z
          .string({ error: "expected the name of a reader" })
          .optional()
          .describe(
            "How the data files are read: jsonl, json, csv, tsv or parquet (by the file's extension unless given), or a reader that makes examples of rows: multirc, record, wsc, axg, or a module of your own (./my-reader.js).",
          ),
        validation: paths.optional(),
        test: paths.optional(),
        train: paths.optional(),
        fewshot: paths
          .optional()
          .describe("Where few-shot examples come from (--num-fewshot); the train split unless given."),
        header: columns
          .min(1, "expected the name of a column")
          .optional()
          .describe("CSV and TSV: the columns' names, where the file's first row does not give them."),
        delimiter: z
          .string({ error: "expected a text" })
          .min(1, "expected a text")
          .optional()
          .describe("CSV and TSV: what stands between two fields; a comma or a tab unless given."),
        quote: z
          .string({ error: "expected one character" })
          .max(1, "expected one character")
          .optional()
          .describe(
            'CSV and TSV: what fields are quoted with; \'"\' unless given, "" where quotes mean nothing.',
          ),
        sha256: z
          .partialRecord(
            z.enum(["validation", "test", "train", "fewshot"]),
            z.string().regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits in lower case"),
            { error: "expected a hash for each split that is pinned" },
          )
          .optional()
          .describe("The sha256 that a split's file must have, by split: { validation: 9f86d0… }."),
        clean: columns.default([]),
      },
      { error: (issue) => (issue.code === "unrecognized_keys" ? undefined : "expected data files") },
    ),
    label: column.optional(),
    label_is: z
      .enum(["value", "index"], { error: "expected value or index" })
      .default("value")
      .describe(
        "What the label column holds. value: one of the labels or, where the task has none, the right answer's text or a list of texts that are all right. index: its place among the labels or answers, from 0.",
      ),
    labels: z.array(word, { error: "expected a list of labels" }).default([]),
    aggregate: aggregate.describe(
      "How the scores of a label's words become the label's: max (the best word's), mean (PET's rule, the default) or sum (of their probabilities).",
    ),
    prior: z
      .record(
        z.string(),
        z.number({ error: "expected a probability" }).gt(0, "expected a probability above 0"),
        {
          error: "expected a probability for each label",
        },
      )
      .optional()
      .describe(
        "How probable each label is before the text is read; its logarithm is added to the label's score.",
      ),
    group: column.optional(),
    cluster: column.optional(),
    metrics: z.array(name, { error: "expected a list of metrics" }).min(1, "expected a metric"),
    patterns: z.array(patternSchema, { error: "expected a list of patterns" }).min(1, "expected a pattern"),
    default_pattern: word.optional(),
    fewshot_separator: template
      .default(DEFAULT_SEPARATOR)
      .describe("What follows each few-shot example; an empty line unless given."),
  },
  {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? undefined
        : "expected a task: task, title, data, metrics, patterns",
  },
);

export const suiteSchema = z.strictObject(
  {
    suite: name.describe("The suite's name, as the CSV and the command line have it."),
    title: z
      .string({ error: "expected a title" })
      .min(1, "expected a title")
      .describe("What the table's row is called."),
    tasks: z
      .array(z.string({ error: "expected a task" }).min(1, "expected a task"), {
        error: "expected a list of tasks",
      })
      .min(1, "expected a task")
      .describe("Names of built-in tasks, and paths of task files from the suite file's folder."),
    average: z
      .strictObject({
        weight: z
          .enum(["equal", "examples"], { error: "expected equal or examples" })
          .default("equal")
          .describe("Whether every task counts the same in the score, or in proportion to its examples."),
        metrics: z
          .record(name, z.array(name, { error: "expected a list of metrics" }).min(1, "expected a metric"), {
            error: "expected metrics by task",
          })
          .default({})
          .describe(
            "The metrics of a task that count, { multirc: [f1a] }; all of them, averaged, unless given.",
          ),
      })
      .prefault({})
      .describe("How the score is made of the tasks' results."),
  },
  {
    error: (issue) =>
      issue.code === "unrecognized_keys" ? undefined : "expected a suite: suite, title, tasks",
  },
);

/** A suite file as written, with defaults filled in. */
export type SuiteDefinition = z.infer<typeof suiteSchema>;

/** A task file as written, with defaults filled in. */
export type TaskDefinition = z.infer<typeof taskSchema>;
export type PatternDefinition = z.infer<typeof patternSchema>;
