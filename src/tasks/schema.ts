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

/** The default text after each few-shot example. */
export const DEFAULT_SEPARATOR = "\n\n";

export const taskSchema = z.strictObject(
  {
    task: name
      .describe("The task's name in results and file names: letters, digits, _, - and period.")
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
              "How the data files are read: a format (jsonl, json, csv, tsv or parquet; default: by the file's extension), or a reader that converts rows to examples: multirc, record, wsc, axg, or your own module (./my-reader.js).",
            )
            .meta({ examples: ["csv"] }),
          validation: paths
            .optional()
            .describe(
              "The split that is evaluated by default (see --split): a path, relative to --data or to the task file's folder, or a URL. If several are listed, the first that exists is used.",
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
            .describe(
              "The data file that few-shot examples are drawn from (--num-fewshot). Default: the train split.",
            )
            .meta({ examples: ["reviews-shown.jsonl"] }),
          header: columns
            .min(1, "expected the name of a column")
            .optional()
            .describe("CSV and TSV: the columns' names, if the file's first row does not contain them.")
            .meta({ examples: [["label", "sentence"]] }),
          delimiter: z
            .string({ error: "expected a string" })
            .min(1, "expected a string")
            .optional()
            .describe("CSV and TSV: the separator between fields. Default: a comma for CSV, a tab for TSV.")
            .meta({ examples: [";"] }),
          quote: z
            .string({ error: "expected one character" })
            .max(1, "expected one character")
            .optional()
            .describe(
              'CSV and TSV: the quote character around fields. Default: \'"\'; "" if quotes have no special meaning.',
            )
            .meta({ examples: [""] }),
          sha256: z
            .partialRecord(
              z.enum(["validation", "test", "train", "fewshot"]),
              z.string().regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits in lower case"),
              { error: "expected a hash for each pinned split" },
            )
            .optional()
            .describe("The expected sha256 of the data file, by split.")
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
                  .describe("The data set's config (subset), which is also the name of its folder.")
                  .meta({ examples: ["boolq"] }),
                splits: z
                  .partialRecord(z.enum(["validation", "test", "train", "fewshot"]), word)
                  .optional()
                  .describe("The hub's names for splits that have another name there.")
                  .meta({ examples: [{ validation: "test" }] }),
              },
              { error: (issue) => (issue.code === "unrecognized_keys" ? undefined : "expected a data set") },
            )
            .optional()
            .describe(
              "The data set on the Hugging Face hub with the same examples. Its files (boolq/validation-00000-of-00001.parquet, boolq/validation.jsonl) are also found under --data; their class numbers are indices into labels. glm-eval data pull downloads them.",
            )
            .meta({ examples: [{ dataset: "aps/super_glue", config: "boolq" }] }),
          clean: columns
            .default([])
            .describe(
              "Columns in which typographic quotes and dashes are replaced by ASCII ones, as in GLM's code.",
            )
            .meta({ examples: [["premise", "hypothesis"]] }),
        },
        { error: (issue) => (issue.code === "unrecognized_keys" ? undefined : "expected data files") },
      )
      .describe("Where the data is and how it is read.")
      .meta({ examples: [{ validation: "reviews.jsonl" }] }),
    label: column
      .optional()
      .describe("The column with the gold label. Unlabeled data is predicted, but not judged.")
      .meta({ examples: ["label"] }),
    label_is: z
      .enum(["value", "index"], { error: "expected value or index" })
      .default("value")
      .describe(
        "What the label column holds. value: one of the labels or, if the task has no labels, the correct answer's text or a list of texts that are all correct. index: the index of the label or answer, from 0.",
      )
      .meta({ examples: ["index"] }),
    labels: z
      .array(word, { error: "expected a list of labels" })
      .default([])
      .describe("The labels in class order; none if the prediction is an answer's text.")
      .meta({ examples: [["negative", "positive"]] }),
    aggregate: aggregate
      .describe(
        "How the scores of a label's words are combined into the label's score: max (the best word's), mean (PET's rule, the default) or sum (of their probabilities).",
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
      .describe("The prior probability of each label; its logarithm is added to the label's score.")
      .meta({ examples: [{ negative: 0.3, positive: 0.7 }] }),
    group: column
      .optional()
      .describe(
        "The column whose value is shared by examples that are judged together, for f1a, em and gender_parity.",
      )
      .meta({ examples: ["question_id"] }),
    cluster: column
      .optional()
      .describe(
        "The column whose value is shared by examples that are not independent, such as those of one passage; confidence intervals resample these clusters.",
      )
      .meta({ examples: ["passage_id"] }),
    metrics: oneOrMore(
      z.string({ error: "expected a metric" }).min(1, "expected a metric"),
      "expected a metric or a list of metrics",
    )
      .describe(
        "One metric or a list: accuracy, f1_macro, mcc, f1a, em and gender_parity judge labels; exact_match and token_f1 judge texts; or your own module (./my-metric.js).",
      )
      .meta({ examples: ["accuracy", ["accuracy", "f1_macro"]] }),
    patterns: z
      .array(patternSchema, { error: "expected a list of patterns" })
      .min(1, "expected a pattern")
      .describe("The patterns: ways to phrase the question.")
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
      .describe("The id of the pattern that a run uses without --patterns. Default: the first.")
      .meta({ examples: ["p0"] }),
    fewshot_separator: template
      .default(DEFAULT_SEPARATOR)
      .describe("The text after each few-shot example. Default: an empty line.")
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
      .describe("The suite's name in CSV files and on the command line.")
      .meta({ examples: ["mine"] }),
    title: z
      .string({ error: "expected a title" })
      .min(1, "expected a title")
      .describe("The label of its row in tables.")
      .meta({ examples: ["My suite"] }),
    tasks: z
      .array(z.string({ error: "expected a task" }).min(1, "expected a task"), {
        error: "expected a list of tasks",
      })
      .min(1, "expected a task")
      .describe("Names of built-in tasks, and paths of task files relative to the suite file's folder.")
      .meta({ examples: [["boolq", "./reviews.yaml"]] }),
    average: z
      .strictObject({
        weight: z
          .enum(["equal", "examples"], { error: "expected equal or examples" })
          .default("equal")
          .describe(
            "Whether all tasks have equal weight in the score, or in proportion to their number of examples.",
          )
          .meta({ examples: ["examples"] }),
        metrics: z
          .record(name, oneOrMore(name, "expected a metric or a list of metrics"), {
            error: "expected metrics by task",
          })
          .default({})
          .describe(
            "The metrics that count, by task: { multirc: [f1a] }. Default: all metrics of a task, averaged.",
          )
          .meta({ examples: [{ multirc: ["f1a"] }] }),
      })
      .prefault({})
      .describe("How the score is computed from the tasks' results.")
      .meta({ examples: [{ weight: "examples" }] }),
  },
  {
    error: (issue) =>
      issue.code === "unrecognized_keys" ? undefined : "expected a suite: suite, title, tasks",
  },
);

/** A suite file with defaults filled in. */
export type SuiteDefinition = z.infer<typeof suiteSchema>;

/** A task file with defaults filled in. */
export type TaskDefinition = z.infer<typeof taskSchema>;
