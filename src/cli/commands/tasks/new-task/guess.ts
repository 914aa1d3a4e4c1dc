import { formatColumn } from "../../../../patterns/index.js";
import { type ColumnPreview, type DataPreview, MOST_VALUES } from "../../../../tasks/index.js";

/** Names that label columns have, the likeliest first. */
const LABEL_NAMES = ["label", "labels", "gold", "target", "class", "category", "answer", "y"];

/** The column that most likely holds labels: by its name, else the one with the fewest different values. */
export function guessLabel({ columns, rows }: DataPreview): ColumnPreview | undefined {
  const possible = columns.filter((column) => isLabelLike(column) && column.values.size < rows);
  const named = LABEL_NAMES.map((name) => possible.find((column) => column.name.toLowerCase() === name));
  const byName = named.find((column) => column !== undefined);
  return byName ?? [...possible].sort((a, b) => a.values.size - b.values.size)[0];
}

/** Whether a column's values could be labels: two or more, and not as many as a free text has. */
export function isLabelLike({ kind, values }: ColumnPreview): boolean {
  return kind !== "list" && kind !== "other" && values.size >= 2 && values.size <= MOST_VALUES;
}

/** The columns whose text a pattern would show, the longest first. */
export function textColumns({ columns }: DataPreview, label: string | undefined): ColumnPreview[] {
  return columns
    .filter(({ name, kind }) => kind === "text" && name !== label && !/^(idx?|guid)$/i.test(name))
    .sort((a, b) => b.meanLength - a.meanLength);
}

/** A pattern to begin with: the longest text, which may be cut, then the next, then the blank. */
export function guessText(preview: DataPreview, label: string | undefined): string {
  const [first, second] = textColumns(preview, label);
  const shown = [
    first && `{{ ${formatColumn(first.name)} | shorten }}`,
    second && `{{ ${formatColumn(second.name)} }}`,
  ];
  return [...shown.filter(Boolean), "Answer: [MASK]."].join(" ");
}

/** Labels in the order in which one lists them: no before yes, 0 before 1, else as the data has them. */
export function labelsOf({ kind, values }: ColumnPreview): string[] {
  const labels = [...values.keys()];
  if (kind === "number") return labels.sort((a, b) => Number(a) - Number(b));
  return kind === "boolean" ? labels.sort() : labels;
}
