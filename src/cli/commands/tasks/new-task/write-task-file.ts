import { Document, isMap, type Pair, type Scalar, type YAMLMap } from "yaml";
import { formatColumn } from "../../../../patterns/index.js";
import type { DataForm } from "../../../../tasks/index.js";

/** What a new task file says. */
export interface NewTask {
  readonly id: string;
  readonly title: string;
  /** paths from the task file */
  readonly validation: string;
  readonly train?: string | undefined;
  /** how the data file is written, where its name does not say it */
  readonly form?: DataForm | undefined;
  readonly label?: string | undefined;
  /** undefined where the answers are in the data */
  readonly labels?: readonly string[] | undefined;
  readonly text: string;
  /** the words of each label */
  readonly words?: ReadonlyMap<string, readonly string[]> | undefined;
  /** templates of the answers */
  readonly answers?: readonly string[] | undefined;
  /** the column with the answers */
  readonly answersFrom?: string | undefined;
  readonly metrics: readonly string[];
  /** all columns of the data, for whoever goes on writing */
  readonly columns: readonly string[];
}

/** Where editors find what a task file may say. */
export const SCHEMA_URL = "https://unpkg.com/glm-eval/schema/task.schema.json";

/** The text of a task file with a comment at every key. Values are quoted wherever YAML would read them as another. */
export function taskFile(task: NewTask): string {
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
        ...(words && { verbalizer: Object.fromEntries([...words].map(([of, some]) => [of, oneOf(some)])) }),
        ...(answers && { answers }),
        ...(answersFrom !== undefined && { answers_from: answersFrom }),
      },
    ],
  });
  document.commentBefore = ` yaml-language-server: $schema=${SCHEMA_URL}`;
  const root = document.contents as unknown as YAMLMap<Scalar<string>>;
  const pattern = document.getIn(["patterns", 0], true);
  comment(root, "task", "the name in tables, CSV and --tasks");
  comment(
    root,
    "data",
    "from this file's folder, or under --data; train is where --num-fewshot takes examples from",
  );
  comment(
    root,
    "label",
    labels ? "the column with the right label" : "the column with the right answer's text",
  );
  comment(root, "labels", "in class order: values of the label column");
  comment(root, "metrics", "accuracy, f1_macro, mcc … for labels; exact_match, token_f1 for texts");
  comment(
    root,
    "patterns",
    "each asks every example in its own words: `--patterns all` asks them all, `tasks show` shows them",
  );
  if (!isMap(pattern)) throw new Error("a task has a pattern");
  comment(
    pattern,
    "text",
    `one [MASK]; a space before it belongs to the answer; {{ … }} are columns (${task.columns.map(formatColumn).join(", ")});\n` +
      "| shorten marks what may be cut when the text is too long",
  );
  comment(pattern, "verbalizer", "the word, or several, that stand for each label in the blank");
  comment(pattern, "answers", "one text an answer, made of columns");
  comment(pattern, "answers_from", "the column with a list of answers, one of which is right");
  return document.toString({ lineWidth: 0 });
}

function oneOf(words: readonly string[]): string | readonly string[] {
  return words.length === 1 ? words[0]! : words;
}

/** Puts a comment before a key of a map, if it is there. */
function comment(map: YAMLMap<unknown>, key: string, text: string): void {
  const pair = map.items.find((item) => (item.key as Scalar).value === key) as Pair<Scalar> | undefined;
  if (pair === undefined) return;
  pair.key.commentBefore = text.replace(/^/gm, " ");
}
