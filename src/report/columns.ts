import type { MetricResult } from "../metrics/index.js";
import type { BaselineResults, TaskResult } from "../results/index.js";
import { findComparison, type Spread, spreads, suiteScoreOf } from "../results/index.js";
import { type PublishedRow, type PublishedValue, publishedValue } from "./published.js";
import { metricTitle, oneLine, percent, pValue, signed, wrap, wrapName } from "./text.js";

export type Row =
  | {
      readonly kind: "metric";
      readonly label: string;
      readonly task: TaskResult;
      readonly metric: MetricResult;
      /**
       * over the patterns, where the row stands for several: `task` and `metric` are then their ensemble's, or the first
       * pattern's where there is none
       */
      readonly spread?: Spread;
    }
  | { readonly kind: "score"; readonly label: string; readonly suite: string; readonly score: number }
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
/** The value where some rows stand for several patterns. */
export const MEAN: Column = {
  head: "Mean ± sd ",
  align: "right",
  cell: (row) => {
    const spread = spreadOf(row);
    // Blanks in the deviation's place keep the digits below each other.
    if (spread === undefined) return `${VALUE.cell(row)}       `;
    return `${percent(spread.mean)} ± ${percent(spread.sd).padStart(4)}`;
  },
};
const RANGE: Column = {
  head: "[worst, best]",
  align: "right",
  cell: (row) => {
    const spread = spreadOf(row);
    return spread === undefined ? "" : `[${percent(spread.worst.value)}, ${percent(spread.best.value)}]`;
  },
};
const ENSEMBLE: Column = {
  head: "Ensemble",
  align: "right",
  cell: (row) => {
    if (spreadOf(row) === undefined) return "";
    return hasOwnValue(row) ? VALUE.cell(row) : "–";
  },
};
const INTERVAL: Column = {
  head: "95% CI",
  align: "right",
  cell: (row) => {
    if (row.kind === "score") return "";
    return hasOwnValue(row) ? `[${percent(row.metric.low)}, ${percent(row.metric.high)}]` : "–";
  },
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
export function columnsWith(
  others: readonly Column[],
  { first, rows }: { first: boolean; rows: readonly Row[] },
): Column[] {
  const folded = rows.some((row) => spreadOf(row) !== undefined);
  const value = folded ? MEAN : VALUE;
  if (!first) return [TASK, METRIC, value, ...others];
  return [TASK, METRIC, value, ...(folded ? [RANGE, ENSEMBLE] : []), INTERVAL, MAJORITY, ...others, COUNT];
}

function spreadOf(row: Row): Spread | undefined {
  return row.kind === "metric" ? row.spread : undefined;
}

/** Whether the row's metric is of what the row stands for: one pattern, or the ensemble of several. */
function hasOwnValue(row: ValueRow): boolean {
  return row.kind === "metric" && (row.spread === undefined || row.task.kind === "ensemble");
}

/** What was published for what a row stands for. */
export function publishedCell(published: PublishedRow, row: ValueRow): PublishedValue | undefined {
  if (row.kind === "score") return publishedValue(published, row.suite, "score");
  return publishedValue(published, row.task.task, row.metric.metric);
}

export function publishedColumn(published: PublishedRow): Column {
  return {
    head: `${wrap(published.model, 12).join("\n")}\n${published.setting}\n${published.split} set`,
    align: "right",
    cell: (row) => {
      const found = publishedCell(published, row);
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
    const score = suiteScoreOf(baseline, row.suite);
    if (score === null) return ["–", "", ""];
    return [percent(score), signed(row.score - score), ""];
  }
  const { task, pattern } = row.task;
  const { metric } = row.metric;
  if (row.spread !== undefined && !hasOwnValue(row)) {
    const other = spreads(baseline.tasks).find((one) => one.task === task && one.metric === metric);
    return other === undefined
      ? ["–", "", ""]
      : [percent(other.mean), signed(row.spread.mean - other.mean), ""];
  }
  const value = baseline.tasks
    .find((other) => other.task === task && other.pattern === pattern && other.status === "done")
    ?.metrics.find((other) => other.metric === metric)?.value;
  if (value === undefined) return ["–", "", ""];
  const comparison = findComparison(baseline, row.task, metric);
  if (comparison === undefined) return [percent(value), "", ""];
  const { difference, p } = comparison;
  return [percent(value), signed(difference), `${pValue(p)}${p < 0.05 ? "*" : " "}`];
}
