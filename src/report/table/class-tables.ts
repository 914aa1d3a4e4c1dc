import { computeClassResults, type TaskResult } from "../../results/index.js";
import { oneLine, taskLabel } from "../names.js";
import { ABSENT, type Cell, type Column, type Table, text, value } from "./report-table.js";

const column = (head: string, kind: Column["kind"], role: Column["role"]): Column => ({
  ...{ head: [head], kind, role, group: "own" },
});

/**
 * For each result that has a confusion matrix two tables: precision, recall, F1 and support of each class, and the matrix
 * itself, a row for each gold label and a column for each predicted one.
 */
export function classTables(tasks: readonly TaskResult[]): Table[] {
  return tasks.flatMap((task) => {
    if (task.confusion === undefined) return [];
    const label = taskLabel(task, tasks);
    const { labels, counts } = task.confusion;
    const share = (of: number | null): Cell => (of === null ? ABSENT : value(of));
    const names = labels.map(oneLine);
    const classes: Table = {
      caption: { subject: label, facts: ["by class"], unit: "values in percent" },
      columns: [
        column("Class", "text", "row"),
        column("Precision", "value", "detail"),
        column("Recall", "value", "detail"),
        column("F1", "value", "main"),
        column("Support", "count", "detail"),
      ],
      rows: computeClassResults(task.confusion).map(({ precision, recall, f1, support }, k) => ({
        kind: "values",
        cells: [
          text(names[k]!),
          share(precision),
          share(recall),
          share(f1),
          { kind: "count", count: support },
        ],
      })),
      notes: [],
    };
    const matrix: Table = {
      caption: { subject: label, facts: ["gold by predicted"], unit: "examples" },
      columns: [column("Gold", "text", "row"), ...names.map((name) => column(name, "count", "detail"))],
      rows: counts.map((row, k) => ({
        kind: "values",
        cells: [text(names[k]!), ...row.map((count) => ({ kind: "count", count }) as const)],
      })),
      notes: [],
    };
    return [classes, matrix];
  });
}
