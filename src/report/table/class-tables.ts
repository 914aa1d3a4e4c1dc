import { computeClassResults, type TaskResult } from "../../results/index.js";
import { oneLine, taskLabel } from "../names.js";
import { ABSENT, type Cell, type Column, type Table, text, value } from "./report-table.js";

const makeColumn = (head: string, kind: Column["kind"], role: Column["role"]): Column => ({
  ...{ head: [head], kind, role, group: "own" },
});

/**
 * Makes two tables for each result with a confusion matrix: precision, recall, F1 and support of each class; and the
 * matrix itself, with a row per gold label and a column per predicted label.
 */
export function classTables(tasks: readonly TaskResult[]): Table[] {
  return tasks.flatMap((task) => {
    if (task.confusion === undefined) return [];
    const label = taskLabel(task, tasks);
    const { labels, counts } = task.confusion;
    const share = (fraction: number | null): Cell => (fraction === null ? ABSENT : value(fraction));
    const names = labels.map(oneLine);
    const classes: Table = {
      caption: { subject: label, facts: ["per class"], unit: "values in percent" },
      columns: [
        makeColumn("Class", "text", "row"),
        makeColumn("Precision", "value", "detail"),
        makeColumn("Recall", "value", "detail"),
        makeColumn("F1", "value", "main"),
        makeColumn("Support", "count", "detail"),
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
      caption: {
        subject: label,
        facts: ["confusion matrix"],
        unit: "numbers of examples, gold by predicted",
      },
      columns: [
        makeColumn("Gold", "text", "row"),
        ...names.map((name) => makeColumn(name, "count", "detail")),
      ],
      rows: counts.map((row, k) => ({
        kind: "values",
        cells: [text(names[k]!), ...row.map((count) => ({ kind: "count", count }) as const)],
      })),
      notes: [],
    };
    return [classes, matrix];
  });
}
