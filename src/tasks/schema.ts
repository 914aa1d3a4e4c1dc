import { z } from "zod";
import {
  aggregate,
  column,
  columns,
  name,
  oneOrMore,
  paths,
  patternSchema,
  template,
  word,
} from "./pattern-schema.js";

/** What follows each few-shot example. */
export const DEFAULT_SEPARATOR = "\n\n";

export const taskSchema = z.strictObject(
  {
    task: name
      .describe("The task's name, as results and files have it: letters, digits, _, - and point.")
      .meta({ examples: ["reviews"] }),
    title: z
      .string({ error: "expected a title" })
      .describe("What the task is, in one line.")
      .meta({ examples: ["Reviews, good or bad?"] }),
    data: z
      .strictObject(
        {
          reader: z
            .string({ error: "expected the name of a reader" })
            .optional()
            .describe(
              "How the data files are read: jsonl, json, csv, tsv or parquet (by the file's extension unless given), or a reader that makes examples of rows: multirc, record, wsc, axg, or a module of your own (./my-reader.js).",
            )
            .meta({ examples: ["csv"] }),
          validation: paths
            .optional()
            .describe(
              "The split that is evaluated unless --split says otherwise: a path under --data or beside the task file, or an address; of several, the first that is there.",
            )
            .meta({ examples: ["reviews.jsonl"] }),
          test: paths
            .optional()
            .describe("The test split.")
            .meta({ examples: ["reviews-test.jsonl"] }),
          train: paths
            .optional()
            .describe("The train split.")
            .meta({ examples: ["reviews-train.jsonl"] }),
          fewshot: paths
            .optional()
            .describe("Where few-shot examples come from (--num-fewshot); the train split unless given.")
            .meta({ examples: ["reviews-shown.jsonl"] }),
          header: columns
            .min(1, "expected the name of a column")
            .optional()
            .describe("CSV and TSV: the columns' names, where the file's first row does not give them.")
            .meta({ examples: [["label", "sentence"]] }),
          delimiter: z
            .string({ error: "expected a text" })
            .min(1, "expected a text")
            .optional()
            .describe("CSV and TSV: what stands between two fields; a comma or a tab unless given.")
            .meta({ examples: [";"] }),
          quote: z
            .string({ error: "expected one character" })
            .max(1, "expected one character")
            .optional()
            .describe(
              'CSV and TSV: what fields are quoted with; \'"\' unless given, "" where quotes mean nothing.',
            )
            .meta({ examples: [""] }),
          sha256: z
            .partialRecord(
              z.enum(["validation", "test", "train", "fewshot"]),
              z.string().regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits in lower case"),
              { error: "expected a hash for each split that is pinned" },
            )
            .optional()
            .describe("The sha256 that a split's file must have, by split.")
            .meta({
              examples: [{ validation: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" }],
            }),
          hub: z
            .strictObject(
              {
                dataset: z
                  .string({ error: "expected OWNER/NAME" })
                  .regex(/^[\w.-]+\/[\w.-]+$/, "expected OWNER/NAME")
                  .describe("The data set's name on the hub.")
                  .meta({ examples: ["aps/super_glue"] }),
                config: name
                  .describe("The config (subset) of the data set, which is the name of its folder.")
                  .meta({ examples: ["boolq"] }),
                splits: z
                  .partialRecord(z.enum(["validation", "test", "train", "fewshot"]), word)
                  .optional()
                  .describe("The hub's names of splits that it calls otherwise.")
                  .meta({ examples: [{ validation: "test" }] }),
              },
              { error: (issue) => (issue.code === "unrecognized_keys" ? undefined : "expected a data set") },
            )
            .optional()
            .describe(
              "The data set on the Hugging Face hub that has the same examples. Its files (boolq/validation-00000-of-00001.parquet, boolq/validation.jsonl) are found under --data too, class numbers counting the labels; glm-eval data pull downloads them.",
            )
            .meta({ examples: [{ dataset: "aps/super_glue", config: "boolq" }] }),
          clean: columns
            .default([])
            .describe("Columns whose typographic quotes and dashes become plain ones, as GLM's code has it.")
            .meta({ examples: [["premise", "hypothesis"]] }),
        },
        { error: (issue) => (issue.code === "unrecognized_keys" ? undefined : "expected data files") },
      )
      .describe("Where the data is and how it is read.")
      .meta({ examples: [{ validation: "reviews.jsonl" }] }),
    label: column
      .optional()
      .describe("The column that says what is right; unlabelled data can be predicted, not judged.")
      .meta({ examples: ["label"] }),
    label_is: z
      .enum(["value", "index"], { error: "expected value or index" })
      .default("value")
      .describe(
        "What the label column holds. value: one of the labels or, where the task has none, the right answer's text or a list of texts that are all right. index: its place among the labels or answers, from 0.",
      )
      .meta({ examples: ["index"] }),
    labels: z
      .array(word, { error: "expected a list of labels" })
      .default([])
      .describe("The labels in class order; none where the prediction is an answer's text.")
      .meta({ examples: [["negative", "positive"]] }),
    aggregate: aggregate
      .describe(
        "How the scores of a label's words become the label's: max (the best word's), mean (PET's rule, the default) or sum (of their probabilities).",
      )
      .meta({ examples: ["max"] }),
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
      )
      .meta({ examples: [{ negative: 0.3, positive: 0.7 }] }),
    group: column
      .optional()
      .describe("The column that names what is judged together, for f1a, em and gender_parity.")
      .meta({ examples: ["question_id"] }),
    cluster: column
      .optional()
      .describe(
        "The column that names what is not independent, such as the passage; intervals are drawn by it.",
      )
      .meta({ examples: ["passage_id"] }),
    metrics: oneOrMore(
      z.string({ error: "expected a metric" }).min(1, "expected a metric"),
      "expected a metric or a list of metrics",
    )
      .describe(
        "How predictions are judged, by one metric or a list: accuracy, f1_macro, mcc, f1a, em and gender_parity judge labels, exact_match and token_f1 texts; or a module of your own (./my-metric.js).",
      )
      .meta({ examples: ["accuracy", ["accuracy", "f1_macro"]] }),
    patterns: z
      .array(patternSchema, { error: "expected a list of patterns" })
      .min(1, "expected a pattern")
      .describe("The ways of asking.")
      .meta({
        examples: [
          [
            {
              id: "p0",
              text: "{{ sentence | shorten }} It was [MASK].",
              verbalizer: { negative: "bad", positive: "good" },
            },
          ],
        ],
      }),
    default_pattern: word
      .optional()
      .describe(
        "The id of the pattern that a run takes unless --patterns says otherwise; the first unless given.",
      )
      .meta({ examples: ["p0"] }),
    fewshot_separator: template
      .default(DEFAULT_SEPARATOR)
      .describe("What follows each few-shot example; an empty line unless given.")
      .meta({ examples: ["\n"] }),
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
    suite: name
      .describe("The suite's name, as the CSV and the command line have it.")
      .meta({ examples: ["mine"] }),
    title: z
      .string({ error: "expected a title" })
      .min(1, "expected a title")
      .describe("What the table's row is called.")
      .meta({ examples: ["My suite"] }),
    tasks: z
      .array(z.string({ error: "expected a task" }).min(1, "expected a task"), {
        error: "expected a list of tasks",
      })
      .min(1, "expected a task")
      .describe("Names of built-in tasks, and paths of task files from the suite file's folder.")
      .meta({ examples: [["boolq", "./reviews.yaml"]] }),
    average: z
      .strictObject({
        weight: z
          .enum(["equal", "examples"], { error: "expected equal or examples" })
          .default("equal")
          .describe("Whether every task counts the same in the score, or in proportion to its examples.")
          .meta({ examples: ["examples"] }),
        metrics: z
          .record(name, oneOrMore(name, "expected a metric or a list of metrics"), {
            error: "expected metrics by task",
          })
          .default({})
          .describe(
            "The metrics of a task that count, { multirc: [f1a] }; all of them, averaged, unless given.",
          )
          .meta({ examples: [{ multirc: ["f1a"] }] }),
      })
      .prefault({})
      .describe("How the score is made of the tasks' results.")
      .meta({ examples: [{ weight: "examples" }] }),
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
