import { nearest } from "../errors.js";
import type { Problems } from "../findings.js";
import { unknownColumn } from "../patterns/index.js";
import type { DataTask } from "./check-schema.js";
import { isNoGold } from "./gold.js";
import { positionOfRow, type ReadExample } from "./readers/index.js";
import type { Example } from "./task.js";
import type { YamlFile } from "./yaml-file.js";

/** The examples of a split, as their reader made them and with what the task says of them. */
export interface ReadSplit {
  readonly file: string;
  readonly split: string;
  readonly read: readonly ReadExample[];
  readonly examples: readonly Example[];
  /** whether that is the whole file */
  readonly isAll: boolean;
}

/** What the patterns' templates say of the columns, if these are known only from the data. */
export interface Templates {
  /** those that stand in a text as they are */
  readonly columns: readonly string[];
  /** Reports the names that are none of the columns. */
  checkColumns(columns: readonly string[], problems: Problems): void;
}

/** The value of a column; undefined where there is none. */
export function columnValue(fields: ReadExample["fields"], column: string | undefined): unknown {
  return column !== undefined && Object.hasOwn(fields, column) ? (fields[column] ?? undefined) : undefined;
}

/** Reports the columns that the task names and the data does not have. */
export function checkColumns(
  task: DataTask,
  yaml: YamlFile,
  read: readonly ReadExample[],
  templates: Templates,
  problems: Problems,
): void {
  if (read.length === 0) return;
  const columns = columnsOf(read);
  templates.checkColumns(columns, problems);
  for (const key of ["group", "cluster"] as const) {
    const column = task[key];
    if (column !== undefined && !columns.includes(column))
      problems.add(unknownColumn(yaml.position([key]), column, columns));
  }
}

/** A text in which nothing can be seen. */
const EMPTY = /^[\s\p{Cf}\p{Cc}]*$/u;

/** Reports the columns that patterns put in their text and that hold nothing: the question is asked without them. */
export function checkEmpty(
  file: string,
  read: readonly ReadExample[],
  { columns }: Templates,
  problems: Problems,
): void {
  for (const column of columns) {
    const empty = read.filter(({ fields }) => {
      const value = columnValue(fields, column);
      return typeof value === "string" && EMPTY.test(value);
    });
    if (empty.length === 0) continue;
    problems.add({
      severity: "warning",
      code: "empty-text",
      ...positionOfRow(file, empty[0]!.row),
      message: `column "${column}" is empty in ${empty.length} of ${read.length} examples: ${rowsOf(empty)}`,
      hint: "the question is asked without it",
    });
  }
}

/** Reports what does not fit between the examples of a split and what the task says of its data. */
export function checkExamples(task: DataTask, yaml: YamlFile, split: ReadSplit, problems: Problems): void {
  if (split.read.length === 0) return;
  checkLabels(task, yaml, split, problems);
  checkUnique(split.file, split.read, problems);
}

function columnsOf(read: readonly ReadExample[]): string[] {
  return [...new Set(read.flatMap(({ fields }) => Object.keys(fields)))];
}

function checkLabels(task: DataTask, yaml: YamlFile, split: ReadSplit, problems: Problems): void {
  const { label, labels } = task;
  const { read, examples, isAll } = split;
  if (labels === undefined) return;
  const isGiven = read.some(({ fields }) => columnValue(fields, label) !== undefined);
  if (label !== undefined && !isGiven) {
    // Unlabelled data is fine; a label column that no row has while one of nearly that name is there is a slip.
    const columns = columnsOf(read);
    const others = columns.filter((column) => column !== label);
    if (nearest(label, others) !== undefined) {
      problems.add(unknownColumn(yaml.position(["label"]), label, columns));
      return;
    }
  }
  // A value that is none of the labels is reported as such.
  const without = read.filter(
    ({ fields }, k) => !isLabelled(examples[k]!) && isNoGold(columnValue(fields, label)),
  );
  if (without.length === read.length) {
    noneLabelled(label, yaml, split, problems);
    return;
  }
  if (without.length > 0) someUnlabelled(label, without, split, problems);
  if (!examples.some(isLabelled)) return;
  const seen = new Set(examples.map((example) => example.label));
  for (const [i, each] of label === undefined ? [] : labels.entries()) {
    if (!isAll || seen.has(each)) continue;
    const message = `no example has the label "${each}"`;
    problems.add({ severity: "warning", code: "unused-label", ...yaml.position(["labels", i]), message });
  }
}

function isLabelled({ label, gold, goldIndex }: Example): boolean {
  return (label ?? gold ?? goldIndex) !== undefined;
}

/** A test split has no labels by nature. */
function noneLabelled(
  label: string | undefined,
  yaml: YamlFile,
  { split }: ReadSplit,
  problems: Problems,
): void {
  if (split === "test") return;
  const [position, found, hint] =
    label === undefined
      ? [yaml.position(["metrics"]), "the task names no column with the gold label", "name it: label"]
      : [yaml.position(["label"]), `no example has a gold label in column "${label}"`];
  const message = `${found}: answers are predicted, but not judged`;
  problems.add({ severity: "warning", code: "no-gold", ...position, message, hint });
}

function someUnlabelled(
  label: string | undefined,
  without: readonly ReadExample[],
  { file, read }: ReadSplit,
  problems: Problems,
): void {
  const where = label === undefined ? "" : ` in column "${label}"`;
  problems.add({
    severity: "warning",
    code: "some-without-gold",
    ...positionOfRow(file, without[0]!.row),
    message: `${without.length} of ${read.length} examples have no gold label${where}: ${rowsOf(without)}`,
    hint: "they are predicted, but left out of the metrics",
  });
}

/** How many rows a message lists. */
const LISTED = 5;

/** "lines 3, 5 and 8", "lines 1, 2, 3, 4, 5, …" */
export function rowsOf(examples: readonly Pick<ReadExample, "row">[]): string {
  const [{ row }] = examples as readonly [ReadExample];
  const numbers = [...new Set(examples.map((example) => example.row.number))];
  const listed = numbers.slice(0, LISTED).join(", ");
  return `${row.unit}${numbers.length > 1 ? "s" : ""} ${listed}${numbers.length > LISTED ? ", …" : ""}`;
}

/** Ids name the scored questions in a run's journal: two examples of one id would be taken for one. */
function checkUnique(file: string, read: readonly ReadExample[], problems: Problems): void {
  const rows = new Map<string, ReadExample["row"]>();
  for (const { id, row } of read) {
    const other = rows.get(id);
    if (other === undefined) rows.set(id, row);
    else
      problems.add({
        severity: "error",
        code: "duplicate-example",
        ...positionOfRow(file, row),
        message: `found example "${id}" again; ${other.unit} ${other.number} has it already`,
        hint: 'give each row an "idx" of its own, or none',
      });
  }
}
