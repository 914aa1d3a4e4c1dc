import { nearest } from "../errors.js";
import type { Problems } from "../findings.js";
import { unknownColumn } from "../patterns/index.js";
import type { DataTask } from "./check-schema.js";
import { isNoGold } from "./gold.js";
import { getRowPosition, type ReadExample } from "./readers/index.js";
import type { Example } from "./task.js";
import type { YamlFile } from "./yaml-file.js";

/** The examples of a split, as their reader returned them and as the task defines them. */
export interface ReadSplit {
  readonly file: string;
  readonly split: string;
  readonly read: readonly ReadExample[];
  readonly examples: readonly Example[];
  /** whether the file was read to its end */
  readonly isAll: boolean;
}

/** The columns that the patterns' templates use, if these are known only from the data. */
export interface Templates {
  /** those that a text uses unchanged */
  readonly columns: readonly string[];
  /** Reports the names that are not among the columns. */
  checkColumns(columns: readonly string[], problems: Problems): void;
}

/** Returns the value of a column; undefined if there is none. */
export function getColumnValue(fields: ReadExample["fields"], column: string | undefined): unknown {
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
  const columns = getColumns(read);
  templates.checkColumns(columns, problems);
  for (const key of ["group", "cluster"] as const) {
    const column = task[key];
    if (column !== undefined && !columns.includes(column))
      problems.add(unknownColumn(yaml.position([key]), column, columns));
  }
}

/** A text without a visible character. */
const EMPTY = /^[\s\p{Cf}\p{Cc}]*$/u;

/** Reports the columns that patterns insert in their text and that are empty: the question is scored without them. */
export function checkEmpty(
  file: string,
  read: readonly ReadExample[],
  { columns }: Templates,
  problems: Problems,
): void {
  for (const column of columns) {
    const empty = read.filter(({ fields }) => {
      const value = getColumnValue(fields, column);
      return typeof value === "string" && EMPTY.test(value);
    });
    if (empty.length === 0) continue;
    problems.add({
      severity: "warning",
      code: "empty-text",
      ...getRowPosition(file, empty[0]!.row),
      message: `column "${column}" is empty in ${empty.length} of ${read.length} examples: ${formatRows(empty)}`,
      hint: "the question is scored without it",
    });
  }
}

/** Reports examples of a split that contradict the task file. */
export function checkExamples(task: DataTask, yaml: YamlFile, split: ReadSplit, problems: Problems): void {
  if (split.read.length === 0) return;
  checkLabels(task, yaml, split, problems);
  checkUnique(split.file, split.read, problems);
}

function getColumns(read: readonly ReadExample[]): string[] {
  return [...new Set(read.flatMap(({ fields }) => Object.keys(fields)))];
}

function checkLabels(task: DataTask, yaml: YamlFile, split: ReadSplit, problems: Problems): void {
  const { label, labels } = task;
  const { read, examples, isAll } = split;
  if (labels === undefined) return;
  const isGiven = read.some(({ fields }) => getColumnValue(fields, label) !== undefined);
  if (label !== undefined && !isGiven) {
    // Unlabeled data is fine; a label column that no row has is a typo if there is a column with a similar name.
    const columns = getColumns(read);
    const others = columns.filter((column) => column !== label);
    if (nearest(label, others) !== undefined) {
      problems.add(unknownColumn(yaml.position(["label"]), label, columns));
      return;
    }
  }
  // A value that is not one of the labels is reported as such.
  const without = read.filter(
    ({ fields }, k) => !isLabeled(examples[k]!) && isNoGold(getColumnValue(fields, label)),
  );
  if (without.length === read.length) {
    reportNoneLabeled(label, yaml, split, problems);
    return;
  }
  if (without.length > 0) reportSomeUnlabeled(label, without, split, problems);
  if (!examples.some(isLabeled)) return;
  const seen = new Set(examples.map((example) => example.label));
  for (const [i, each] of label === undefined ? [] : labels.entries()) {
    if (!isAll || seen.has(each)) continue;
    const message = `no example has the label "${each}"`;
    problems.add({ severity: "warning", code: "unused-label", ...yaml.position(["labels", i]), message });
  }
}

function isLabeled({ label, gold, goldIndex }: Example): boolean {
  return (label ?? gold ?? goldIndex) !== undefined;
}

/** Test splits usually have no labels. */
function reportNoneLabeled(
  label: string | undefined,
  yaml: YamlFile,
  { split }: ReadSplit,
  problems: Problems,
): void {
  if (split === "test") return;
  const [position, found, hint] =
    label === undefined
      ? [
          yaml.position(["metrics"]),
          "the task names no column with the gold label",
          "name it with the key label",
        ]
      : [yaml.position(["label"]), `no example has a gold label in column "${label}"`];
  const message = `${found}: answers are predicted, but not judged`;
  problems.add({ severity: "warning", code: "no-gold", ...position, message, hint });
}

function reportSomeUnlabeled(
  label: string | undefined,
  without: readonly ReadExample[],
  { file, read }: ReadSplit,
  problems: Problems,
): void {
  const where = label === undefined ? "" : ` in column "${label}"`;
  problems.add({
    severity: "warning",
    code: "some-without-gold",
    ...getRowPosition(file, without[0]!.row),
    message: `${without.length} of ${read.length} examples ${without.length === 1 ? "has" : "have"} no gold label${where}: ${formatRows(without)}`,
    hint: "they are predicted, but left out of the metrics",
  });
}

/** How many rows a message lists. */
const LISTED = 5;

/** "lines 3, 5, 8", "lines 1, 2, 3, 4, 5, …" */
export function formatRows(examples: readonly Pick<ReadExample, "row">[]): string {
  const [{ row }] = examples as readonly [ReadExample];
  const numbers = [...new Set(examples.map((example) => example.row.number))];
  const listed = numbers.slice(0, LISTED).join(", ");
  return `${row.unit}${numbers.length > 1 ? "s" : ""} ${listed}${numbers.length > LISTED ? ", …" : ""}`;
}

/** Ids identify the scored questions in a run's journal: two examples with one id would be mistaken for one. */
function checkUnique(file: string, read: readonly ReadExample[], problems: Problems): void {
  const rows = new Map<string, ReadExample["row"]>();
  for (const { id, row } of read) {
    const other = rows.get(id);
    if (other === undefined) rows.set(id, row);
    else
      problems.add({
        severity: "error",
        code: "duplicate-example",
        ...getRowPosition(file, row),
        message: `found example "${id}" again; it is already in ${other.unit} ${other.number}`,
        hint: 'give each row its own "idx", or none',
      });
  }
}
