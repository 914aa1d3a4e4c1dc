import { z } from "zod";
import { GlmEvalError, nearest } from "../errors.js";
import type { Path, YamlFile } from "./yaml-file.js";

const name = z
  .string({ error: "expected a name" })
  .regex(/^[\w.-]+$/, "expected a name of letters, digits, '_', '-' and '.'");
const column = z.string({ error: "expected the name of a column" }).min(1, "expected the name of a column");
/** YAML reads false and 0 as what they are; labels and words are texts. */
const word = z.union([z.string(), z.number(), z.boolean()], { error: "expected a word" }).transform(String);
const template = z.string({ error: "expected a text" });
const columns = z.array(column, { error: "expected a list of columns" });

const paths = z.preprocess(
  (value) => (typeof value === "string" ? [value] : value),
  z.array(z.string().min(1), { error: "expected a path or a list of paths" }).min(1, "expected a path"),
);

const words = z.preprocess(
  (value) => (Array.isArray(value) ? value : [value]),
  z
    .array(
      word.refine((text) => text.trim() !== "", "expected a word"),
      { error: "expected a word or a list of words" },
    )
    .min(1, "expected a word or a list of words"),
);

const patternSchema = z.strictObject(
  {
    id: word.pipe(name),
    text: template,
    verbalizer: z.record(z.string(), words, { error: "expected words for each label" }).optional(),
    answers: z.array(template, { error: "expected a list of texts" }).min(1, "expected an answer").optional(),
    answers_from: column.optional(),
    choices: z.array(template, { error: "expected a list of texts" }).min(1, "expected a choice").optional(),
    decision: z
      .enum(["best", "first", "greedy"], { error: "expected best, first or greedy" })
      .default("best"),
    normalization: z.enum(["sum", "mean"], { error: "expected sum or mean" }).default("sum"),
  },
  {
    error: (issue) =>
      issue.code === "unrecognized_keys" ? undefined : "expected a pattern with id and text",
  },
);

const taskSchema = z.strictObject(
  {
    task: name,
    title: z.string({ error: "expected a title" }),
    data: z.strictObject(
      {
        reader: z.string({ error: "expected the name of a reader" }),
        validation: paths.optional(),
        test: paths.optional(),
        train: paths.optional(),
        clean: columns.default([]),
      },
      { error: (issue) => (issue.code === "unrecognized_keys" ? undefined : "expected reader and files") },
    ),
    label: column.optional(),
    labels: z.array(word, { error: "expected a list of labels" }).default([]),
    group: column.optional(),
    cluster: column.optional(),
    metrics: z.array(name, { error: "expected a list of metrics" }).min(1, "expected a metric"),
    patterns: z.array(patternSchema, { error: "expected a list of patterns" }).min(1, "expected a pattern"),
    default_pattern: word.optional(),
  },
  {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? undefined
        : "expected a task: task, title, data, metrics, patterns",
  },
);

/** A task file as written, with defaults filled in. */
export type TaskDefinition = z.infer<typeof taskSchema>;
export type PatternDefinition = z.infer<typeof patternSchema>;

/** @throws GlmEvalError("data") with file:line:column of the first thing that is wrong */
export function checkTask(yaml: YamlFile): TaskDefinition {
  const result = taskSchema.safeParse(yaml.value);
  if (result.success) return result.data;
  // A mistyped key also makes the right one missing: say what is there first.
  const { issues } = result.error;
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0]!;
  const path = issue.path.map((key) => (typeof key === "number" ? key : String(key)));
  if (issue.code === "unrecognized_keys") throw unknownKey(yaml, path, issue.keys[0]!);
  const key = path.filter((each) => typeof each === "string").at(-1);
  const found = valueAt(yaml.value, path);
  const subject = key === undefined ? "" : `${key}: `;
  throw new GlmEvalError(
    "data",
    found === undefined
      ? `${yaml.where(path.slice(0, -1))}: ${subject}missing; ${issue.message}`
      : `${yaml.where(path)}: ${subject}found ${shown(found)}; ${issue.message}`,
  );
}

function unknownKey(yaml: YamlFile, path: Path, key: string): GlmEvalError {
  const known = Object.keys(
    path[0] === "patterns" ? patternSchema.shape : path[0] === "data" ? dataShape() : taskSchema.shape,
  );
  const near = nearest(key, known);
  return new GlmEvalError("data", `${yaml.whereKey([...path, key])}: there is no key "${key}" here`, {
    hint: `${near === undefined ? "" : `did you mean "${near}"? `}The keys are: ${known.join(", ")}`,
  });
}

function dataShape() {
  return taskSchema.shape.data.shape;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], value);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
