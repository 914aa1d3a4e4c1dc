import { Document, isMap, type Pair, type Scalar, type YAMLMap } from "yaml";
import { formatColumn } from "../../../../patterns/index.js";
import type { DataForm } from "../../../../tasks/index.js";

/** The content of a new task file. */
export interface NewTask {
  readonly id: string;
  readonly title: string;
  /** relative to the task file, like `train` */
  readonly validation: string;
  readonly train?: string | undefined;
  /** format of the data file, as far as its name does not determine it */
  readonly form?: DataForm | undefined;
  readonly label?: string | undefined;
  /** undefined if the answers are in the data */
  readonly labels?: readonly string[] | undefined;
  readonly text: string;
  /** the words of each label */
  readonly words?: ReadonlyMap<string, readonly string[]> | undefined;
  /** templates of the answers */
  readonly answers?: readonly string[] | undefined;
  /** the column with the answers */
  readonly answersFrom?: string | undefined;
  readonly metrics: readonly string[];
  /** all columns of the data, listed in a comment for further editing */
  readonly columns: readonly string[];
}

/** URL of the JSON Schema of task files, for editors. */
export const SCHEMA_URL = "https://unpkg.com/glm-eval/schema/task.schema.json";

/** Formats a task file with a comment on each key. Values that YAML would read as another type are quoted. */
export function formatTaskFile(task: NewTask): string {
  const { id, title, validation, train, form = {}, label, labels, text, words, answers, answersFrom } = task;
  const { reader, header, delimiter, quote } = form;
  const given = Object.entries({ train, reader, header, delimiter, quote });
  const document = new Document({
    task: id,
    title,
    data: { validation, ...Object.fromEntries(given.filter(([, value]) => value !== undefined)) },
    ...(label !== undefined && { label }),
    ...(labels && { labels }),
    metrics: task.metrics,
    patterns: [
      {
        id: "p0",
        text,
        ...(words && {
          verbalizer: Object.fromEntries([...words].map(([of, some]) => [of, unwrapSingle(some)])),
        }),
        ...(answers && { answers }),
        ...(answersFrom !== undefined && { answers_from: answersFrom }),
      },
    ],
  });
  document.commentBefore = ` yaml-language-server: $schema=${SCHEMA_URL}`;
  const root = document.contents as unknown as YAMLMap<Scalar<string>>;
  const pattern = document.getIn(["patterns", 0], true);
  addComment(root, "task", "name in tables, CSV and --tasks");
  addComment(
    root,
    "data",
    "paths relative to this file's folder, or to --data; --num-fewshot takes examples from train",
  );
  addComment(
    root,
    "label",
    labels ? "column with the gold label" : "column with the text of the gold answer",
  );
  addComment(root, "labels", "values of the label column, in class order");
  addComment(root, "metrics", "accuracy, f1_macro, mcc … for labels; exact_match, token_f1 for texts");
  addComment(
    root,
    "patterns",
    "each asks every example in other words; `--patterns all` scores all of them, `tasks show` shows them",
  );
  if (!isMap(pattern)) throw new Error("a task has a pattern");
  addComment(
    pattern,
    "text",
    `one [MASK]; a space before it belongs to the answer; {{ … }} inserts a column (${task.columns.map(formatColumn).join(", ")});\n` +
      "| shorten marks text that may be cut if the question is too long",
  );
  addComment(pattern, "verbalizer", "word or words that fill the blank for each label");
  addComment(pattern, "answers", "template of each answer, made from columns");
  addComment(pattern, "answers_from", "column with a list of answers, one of which is correct");
  return document.toString({ lineWidth: 0 });
}

function unwrapSingle(words: readonly string[]): string | readonly string[] {
  return words.length === 1 ? words[0]! : words;
}

/** Adds a comment before a key of a map, if the key exists. */
function addComment(map: YAMLMap<unknown>, key: string, text: string): void {
  const pair = map.items.find((item) => (item.key as Scalar).value === key) as Pair<Scalar> | undefined;
  if (pair === undefined) return;
  pair.key.commentBefore = text.replace(/^/gm, " ");
}
