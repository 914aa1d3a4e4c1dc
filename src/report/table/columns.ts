import type { BaselineResults } from "../../results/index.js";
import { countJudgedExamples, findComparison, getSuiteScore, spreads } from "../../results/index.js";
import { oneLine } from "../names.js";
import { type PublishedRow, type PublishedValue, publishedValue } from "../published.js";
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
  fractionOf,
  hasOwnValue,
  markOf,
  metricOf,
  type Subject,
  spreadOf,
  type ValueSubject,
} from "./table-rows.js";

/** A column that makes its own cells. */
export interface Source extends Column {
  cell(subject: ValueSubject): Cell;
}

const TASK: Source = {
  ...{ head: ["Task"], kind: "text", role: "row", group: "own" },
  cell: (subject) => text(subject.label),
};
const METRIC: Source = {
  ...{ head: ["Metric"], kind: "text", role: "row", group: "own" },
  cell: (subject) => text(metricOf(subject)),
};
const VALUE: Source = {
  ...{ head: ["Value"], kind: "value", role: "main", group: "own" },
  cell: (subject) => value(fractionOf(subject), markOf(subject)),
};
/** The value where some rows stand for several patterns. */
const MEAN: Source = {
  ...{ head: ["Mean ± sd"], kind: "spread", role: "main", group: "own" },
  cell: (subject) => {
    const spread = spreadOf(subject);
    if (spread === undefined) return VALUE.cell(subject);
    return { kind: "spread", mean: 100 * spread.mean, sd: 100 * spread.sd, mark: markOf(subject) };
  },
};
const RANGE: Source = {
  ...{ head: ["[worst, best]"], kind: "interval", role: "detail", group: "own" },
  cell: (subject) => {
    const spread = spreadOf(subject);
    return spread === undefined ? BLANK : interval(spread.worst.value, spread.best.value);
  },
};
const ENSEMBLE: Source = {
  ...{ head: ["Ensemble"], kind: "value", role: "detail", group: "own" },
  cell: (subject) => {
    if (spreadOf(subject) === undefined) return BLANK;
    return hasOwnValue(subject) ? VALUE.cell(subject) : ABSENT;
  },
};
const INTERVAL: Source = {
  ...{ head: ["95% CI"], kind: "interval", role: "detail", group: "own" },
  cell: (subject) => {
    if (subject.kind === "score") return BLANK;
    return hasOwnValue(subject) ? interval(subject.metric.low, subject.metric.high) : ABSENT;
  },
};
const MAJORITY: Source = {
  ...{ head: ["Majority"], kind: "value", role: "detail", group: "own" },
  cell: (subject) => {
    if (subject.kind === "score") return BLANK;
    return subject.metric.constant === null ? ABSENT : value(subject.metric.constant);
  },
};
const COUNT: Source = {
  ...{ head: ["n"], kind: "count", role: "detail", group: "own" },
  cell: (subject) =>
    subject.kind === "score" ? BLANK : { kind: "count", count: countJudgedExamples(subject.task) },
};

/** All columns, those of the other models among the run's own. */
export function columnsWith(others: readonly Source[], subjects: readonly Subject[]): Source[] {
  const folded = subjects.some((subject) => spreadOf(subject) !== undefined);
  const patterns = folded ? [MEAN, RANGE, ENSEMBLE] : [VALUE];
  return [TASK, METRIC, ...patterns, INTERVAL, MAJORITY, ...others, COUNT];
}

/** What was published for what a row stands for. */
export function publishedFor(published: PublishedRow, subject: ValueSubject): PublishedValue | undefined {
  if (subject.kind === "score") return publishedValue(published, subject.suite, "score");
  return publishedValue(published, subject.task.task, subject.metric.metric);
}

export function publishedColumn(published: PublishedRow): Source {
  const { model, setting, split } = published;
  return {
    ...{ head: [model, setting, `${split} set`], kind: "value", role: "detail", group: "published" },
    cell: (subject) => {
      const found = publishedFor(published, subject);
      return found === undefined ? ABSENT : { kind: "value", value: found.percent };
    },
  };
}

/** The baseline's value, the difference from it, and p. */
export function baselineColumn(baseline: BaselineResults): Source {
  return {
    ...{ head: [oneLine(baseline.model)], kind: "comparison", role: "detail", group: "baseline" },
    cell: (subject) => against(baseline, subject),
  };
}

function against(baseline: BaselineResults, subject: ValueSubject): Cell {
  const untested = (ours: number, theirs: number): Cell => ({
    ...{ kind: "comparison", value: 100 * theirs, difference: difference(ours - theirs) },
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
  const theirs = baseline.tasks
    .find((other) => other.task === task && other.pattern === pattern && other.status === "done")
    ?.metrics.find((other) => other.metric === metric)?.value;
  if (theirs === undefined) return ABSENT;
  const comparison = findComparison(baseline, subject.task, metric);
  return {
    kind: "comparison",
    value: 100 * theirs,
    difference: comparison && difference(comparison.difference),
    p: comparison && pCell(comparison.p),
  };
}
