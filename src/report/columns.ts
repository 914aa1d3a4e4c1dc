import type { MetricResult } from "../metrics/index.js";
import { findComparison } from "./comparisons.js";
import { type PublishedRow, publishedValue } from "./published.js";
import { metricTitle, oneLine, percent, pValue, signed, wrap, wrapName } from "./text.js";
import type { BaselineResults, TaskResult } from "./types.js";

export type Row =
  | {
      readonly kind: "metric";
      readonly label: string;
      readonly task: TaskResult;
      readonly metric: MetricResult;
    }
  | { readonly kind: "score"; readonly label: string; readonly score: number }
  | { readonly kind: "message"; readonly label: string; readonly text: string; readonly failed: boolean };

export type ValueRow = Exclude<Row, { kind: "message" }>;

export interface Column {
  readonly head: string;
  readonly align: "left" | "right";
  cell(row: ValueRow): string;
}

export const TASK: Column = { head: "Task", align: "left", cell: (row) => row.label };
export const METRIC: Column = {
  head: "Metric",
  align: "left",
  cell: (row) => (row.kind === "score" ? "score" : metricTitle(row.metric.metric)),
};
export const VALUE: Column = {
  head: "Value",
  align: "right",
  cell: (row) => percent(row.kind === "score" ? row.score : row.metric.value),
};
const INTERVAL: Column = {
  head: "95% CI",
  align: "right",
  cell: (row) => (row.kind === "score" ? "" : `[${percent(row.metric.low)}, ${percent(row.metric.high)}]`),
};
const MAJORITY: Column = {
  head: "Majority",
  align: "right",
  cell: (row) => {
    if (row.kind === "score") return "";
    return row.metric.constant === null ? "–" : percent(row.metric.constant);
  },
};
const COUNT: Column = {
  head: "n",
  align: "right",
  cell: (row) => (row.kind === "score" ? "" : String(row.task.examples)),
};

/** The columns of the first table, or of one below it, which repeats what its rows are. */
export function columnsWith(others: readonly Column[], first: boolean): Column[] {
  if (first) return [TASK, METRIC, VALUE, INTERVAL, MAJORITY, ...others, COUNT];
  return [TASK, METRIC, VALUE, ...others];
}

export function publishedColumn(published: PublishedRow): Column {
  return {
    head: `${wrap(published.model, 12).join("\n")}\n${published.setting}\n${published.split} set`,
    align: "right",
    cell: (row) => {
      const [task, metric] =
        row.kind === "score" ? ["superglue", "score"] : [row.task.task, row.metric.metric];
      const found = publishedValue(published, task, metric);
      if (found === undefined) return "– ";
      // A blank in the mark's place keeps the digits below each other.
      return `${found.percent.toFixed(1)}${found.verified === "verified" ? " " : "†"}`;
    },
  };
}

/** One column in three: the baseline's value, the difference from it, and p; each aligned over all rows. */
export function baselineColumn(baseline: BaselineResults, rows: readonly ValueRow[]): Column {
  // A blank in the star's place keeps the digits below each other.
  const head = ["Value", "Diff.", "p "];
  const cells = new Map(rows.map((row) => [row, against(baseline, row)]));
  const widths = head.map((text, k) =>
    Math.max(text.length, ...[...cells.values()].map((cell) => cell[k]!.length)),
  );
  const join = (parts: readonly string[]) => parts.map((part, k) => part.padStart(widths[k]!)).join(" ");
  const subhead = join(head);
  const name = wrapName(oneLine(baseline.model), subhead.length - 1);
  return {
    head: [...name.map((line) => `${line} `), subhead].join("\n"),
    align: "right",
    cell: (row) => join(cells.get(row)!),
  };
}

function against(baseline: BaselineResults, row: ValueRow): readonly [string, string, string] {
  if (row.kind === "score") {
    const { superglueScore } = baseline;
    if (superglueScore === null) return ["–", "", ""];
    return [percent(superglueScore), signed(row.score - superglueScore), ""];
  }
  const { task, pattern } = row.task;
  const { metric } = row.metric;
  const value = baseline.tasks
    .find((other) => other.task === task && other.pattern === pattern && other.status === "done")
    ?.metrics.find((other) => other.metric === metric)?.value;
  if (value === undefined) return ["–", "", ""];
  const comparison = findComparison(baseline, row.task, metric);
  if (comparison === undefined) return [percent(value), "", ""];
  const { difference, p } = comparison;
  return [percent(value), signed(difference), `${pValue(p)}${p < 0.05 ? "*" : " "}`];
}
