import { nearest } from "../errors.js";
import type { Problems } from "../findings.js";
import { unknownColumn } from "../patterns/index.js";
import type { DataTask } from "./check-schema.js";
import { positionOfRow, type ReadExample } from "./readers/index.js";
import type { Example } from "./task.js";
import type { YamlFile } from "./yaml-file.js";

/** The examples of a split, as their reader made them and with what the task says of them. */
export interface ReadSplit {
  readonly file: string;
  readonly read: readonly ReadExample[];
  readonly examples: readonly Example[];
  /** whether that is the whole file */
  readonly isAll: boolean;
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
  checkTemplates: (columns: readonly string[], problems: Problems) => void,
  problems: Problems,
): void {
  if (read.length === 0) return;
  const columns = columnsOf(read);
  checkTemplates(columns, problems);
  for (const key of ["group", "cluster"] as const) {
    const column = task[key];
    if (column !== undefined && !columns.includes(column))
      problems.add(unknownColumn(yaml.position([key]), column, columns));
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

function checkLabels(
  { label, labels }: DataTask,
  yaml: YamlFile,
  { read, examples, isAll }: ReadSplit,
  problems: Problems,
): void {
  if (label === undefined || labels === undefined) return;
  const isGiven = read.some(({ fields }) => columnValue(fields, label) !== undefined);
  if (!isGiven) {
    // Unlabelled data is fine; a label column that no row has while one of nearly that name is there is a slip.
    const columns = columnsOf(read);
    const others = columns.filter((column) => column !== label);
    if (nearest(label, others) !== undefined) {
      problems.add(unknownColumn(yaml.position(["label"]), label, columns));
      return;
    }
  }
  const seen = new Set(examples.map((example) => example.label));
  if (examples.every(({ gold, goldIndex, label: own }) => (own ?? gold ?? goldIndex) === undefined)) {
    if (!isGiven)
      problems.add({
        severity: "warning",
        code: "no-gold",
        ...yaml.position(["label"]),
        message: `no example has a value in column "${label}": answers can be predicted, not judged`,
      });
    return;
  }
  for (const [i, each] of labels.entries()) {
    if (!isAll || seen.has(each)) continue;
    const message = `no example has the label "${each}"`;
    problems.add({ severity: "warning", code: "unused-label", ...yaml.position(["labels", i]), message });
  }
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
