import type { BaselineResults } from "../../results/index.js";
import { countJudgedExamples, findComparison, getSuiteScore, spreads } from "../../results/index.js";
import { oneLine } from "../names.js";
import { getPublishedValue, type PublishedRow, type PublishedValue } from "../published.js";
import {
  ABSENT,
  BLANK,
  type Cell,
  type Column,
  difference,
  interval,
  pCell,
  text,
  value,
} from "./report-table.js";
import {
  getFraction,
  getMark,
  getMetricTitle,
  getSpread,
  hasOwnValue,
  type Subject,
  type ValueSubject,
} from "./table-rows.js";

/** A column with the function that makes its cells. */
export interface ComputedColumn extends Column {
  cell(subject: ValueSubject): Cell;
}

const TASK: ComputedColumn = {
  ...{ head: ["Task"], kind: "text", role: "row", group: "own" },
  cell: (subject) => text(subject.label),
};
const METRIC: ComputedColumn = {
  ...{ head: ["Metric"], kind: "text", role: "row", group: "own" },
  cell: (subject) => text(getMetricTitle(subject)),
};
const VALUE: ComputedColumn = {
  ...{ head: ["Value"], kind: "value", role: "main", group: "own" },
  cell: (subject) => value(getFraction(subject), getMark(subject)),
};
/** Replaces `VALUE` if some rows combine several patterns. */
const MEAN: ComputedColumn = {
  ...{ head: ["Mean ± sd"], kind: "spread", role: "main", group: "own" },
  cell: (subject) => {
    const spread = getSpread(subject);
    if (spread === undefined) return VALUE.cell(subject);
    return { kind: "spread", mean: 100 * spread.mean, sd: 100 * spread.sd, mark: getMark(subject) };
  },
};
const RANGE: ComputedColumn = {
  ...{ head: ["[worst, best]"], kind: "interval", role: "detail", group: "own" },
  cell: (subject) => {
    const spread = getSpread(subject);
    return spread === undefined ? BLANK : interval(spread.worst.value, spread.best.value);
  },
};
const ENSEMBLE: ComputedColumn = {
  ...{ head: ["Ensemble"], kind: "value", role: "detail", group: "own" },
  cell: (subject) => {
    if (getSpread(subject) === undefined) return BLANK;
    return hasOwnValue(subject) ? VALUE.cell(subject) : ABSENT;
  },
};
const INTERVAL: ComputedColumn = {
  ...{ head: ["95% CI"], kind: "interval", role: "detail", group: "own" },
  cell: (subject) => {
    if (subject.kind === "score") return BLANK;
    return hasOwnValue(subject) ? interval(subject.metric.low, subject.metric.high) : ABSENT;
  },
};
const MAJORITY: ComputedColumn = {
  ...{ head: ["Majority"], kind: "value", role: "detail", group: "own" },
  cell: (subject) => {
    if (subject.kind === "score") return BLANK;
    return subject.metric.constant === null ? ABSENT : value(subject.metric.constant);
  },
};
const COUNT: ComputedColumn = {
  ...{ head: ["n"], kind: "count", role: "detail", group: "own" },
  cell: (subject) =>
    subject.kind === "score" ? BLANK : { kind: "count", count: countJudgedExamples(subject.task) },
};

/** Lists all columns, with those of the other models among the run's own. */
export function listColumns(
  others: readonly ComputedColumn[],
  subjects: readonly Subject[],
): ComputedColumn[] {
  const hasSpread = subjects.some((subject) => getSpread(subject) !== undefined);
  const patterns = hasSpread ? [MEAN, RANGE, ENSEMBLE] : [VALUE];
  return [TASK, METRIC, ...patterns, INTERVAL, MAJORITY, ...others, COUNT];
}

/** Finds the published value for a row. */
export function findPublished(published: PublishedRow, subject: ValueSubject): PublishedValue | undefined {
  if (subject.kind === "score") return getPublishedValue(published, subject.suite, "score");
  return getPublishedValue(published, subject.task.task, subject.metric.metric);
}

export function publishedColumn(published: PublishedRow): ComputedColumn {
  const { model, setting, split } = published;
  return {
    ...{ head: [model, setting, `${split} set`], kind: "value", role: "detail", group: "published" },
    cell: (subject) => {
      const found = findPublished(published, subject);
      return found === undefined ? ABSENT : { kind: "value", value: found.percent };
    },
  };
}

/** Makes a column of the baseline's value, the difference from it, and p. */
export function baselineColumn(baseline: BaselineResults): ComputedColumn {
  return {
    ...{ head: [oneLine(baseline.model)], kind: "comparison", role: "detail", group: "baseline" },
    cell: (subject) => compareWith(baseline, subject),
  };
}

function compareWith(baseline: BaselineResults, subject: ValueSubject): Cell {
  const untested = (ours: number, baselineValue: number): Cell => ({
    ...{ kind: "comparison", value: 100 * baselineValue, difference: difference(ours - baselineValue) },
  });
  if (subject.kind === "score") {
    const score = getSuiteScore(baseline, subject.suite);
    return score === null ? ABSENT : untested(subject.score, score);
  }
  const { task, pattern } = subject.task;
  const { metric } = subject.metric;
  if (subject.spread !== undefined && !hasOwnValue(subject)) {
    const other = spreads(baseline.tasks).find((one) => one.task === task && one.metric === metric);
    return other === undefined ? ABSENT : untested(subject.spread.mean, other.mean);
  }
  const baselineValue = baseline.tasks
    .find((other) => other.task === task && other.pattern === pattern && other.status === "done")
    ?.metrics.find((other) => other.metric === metric)?.value;
  if (baselineValue === undefined) return ABSENT;
  const comparison = findComparison(baseline, subject.task, metric);
  return {
    kind: "comparison",
    value: 100 * baselineValue,
    difference: comparison && difference(comparison.difference),
    p: comparison && pCell(comparison.p),
  };
}
