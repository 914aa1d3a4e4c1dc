import { formatColumn } from "../../../../patterns/index.js";
import { type ColumnPreview, type DataPreview, MOST_VALUES } from "../../../../tasks/index.js";

/** Usual names of label columns, the most likely first. */
const LABEL_NAMES = ["label", "labels", "gold", "target", "class", "category", "answer", "y"];

/** Guesses the label column: by its name, else the one with the fewest different values. */
export function guessLabel({ columns, rows }: DataPreview): ColumnPreview | undefined {
  const possible = columns.filter((column) => isLabelLike(column) && column.values.size < rows);
  const named = LABEL_NAMES.map((name) => possible.find((column) => column.name.toLowerCase() === name));
  const byName = named.find((column) => column !== undefined);
  return byName ?? [...possible].sort((a, b) => a.values.size - b.values.size)[0];
}

/** Whether a column's values could be labels: at least two, and fewer than free text would have. */
export function isLabelLike({ kind, values }: ColumnPreview): boolean {
  return kind !== "list" && kind !== "other" && values.size >= 2 && values.size <= MOST_VALUES;
}

/** Returns the columns whose text a pattern would show, the longest first. */
export function findTextColumns({ columns }: DataPreview, label: string | undefined): ColumnPreview[] {
  return columns
    .filter(({ name, kind }) => kind === "text" && name !== label && !/^(idx?|guid)$/i.test(name))
    .sort((a, b) => b.meanLength - a.meanLength);
}

/** Guesses a first pattern: the longest text, which may be cut, then the next longest, then the blank. */
export function guessText(preview: DataPreview, label: string | undefined): string {
  const [first, second] = findTextColumns(preview, label);
  const shown = [
    first && `{{ ${formatColumn(first.name)} | shorten }}`,
    second && `{{ ${formatColumn(second.name)} }}`,
  ];
  return [...shown.filter(Boolean), "Answer: [MASK]."].join(" ");
}

/** Returns labels in their usual order: no before yes, 0 before 1, else as in the data. */
export function orderLabels({ kind, values }: ColumnPreview): string[] {
  const labels = [...values.keys()];
  if (kind === "number") return labels.sort((a, b) => Number(a) - Number(b));
  return kind === "boolean" ? labels.sort() : labels;
}
