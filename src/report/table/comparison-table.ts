import type { RunResults } from "../../results/index.js";
import { type ComparisonRecord, comparisonsOf } from "../comparisons.js";
import { metricTitle, oneLine, taskLabel } from "../names.js";
import { notesOfComparison } from "./notes.js";
import {
  BLANK,
  type Column,
  difference,
  interval,
  pCell,
  type Row,
  type Table,
  text,
  value,
} from "./report-table.js";
import { captionOf } from "./results-table.js";

const own = (head: string, kind: Column["kind"], role: Column["role"]): Column => ({
  ...{ head: [head], kind, role, group: "own" },
});

/**
 * The run's model against its baselines, each a section where there are several: a row for each task, pattern and metric
 * that both have, then for each suite that both have a score of.
 */
export function comparisonTable(results: RunResults): Table {
  const { baselines, suites, tasks } = results;
  const several = baselines.length > 1;
  const titleOf = (suite: string) => oneLine(suites.find(({ name }) => name === suite)?.title ?? suite);
  const sections = baselines.map((baseline): Row[] => {
    const rows = comparisonsOf({ ...results, baselines: [baseline] }).map(({ record, task }): Row => {
      const label = task === undefined ? titleOf(record.task) : taskLabel(task, tasks);
      const metric = task === undefined ? "score" : metricTitle(record.metric);
      const values = [value(record.value), value(record.baselineValue), difference(record.difference)];
      return { kind: "values", cells: [text(label), text(metric), ...values, ...testCells(record)] };
    });
    return several && rows.length > 0
      ? [{ kind: "section", label: `against ${oneLine(baseline.model)}` }, ...rows]
      : rows;
  });
  const others = baselines.map(({ model }) => oneLine(model)).join(", ");
  return {
    caption: { ...captionOf(results), subject: `${oneLine(results.model)} against ${others}` },
    columns: [
      own("Task", "text", "row"),
      own("Metric", "text", "row"),
      own("Value", "value", "detail"),
      own("Baseline", "value", "detail"),
      own("Diff.", "difference", "main"),
      own("95% CI", "interval", "detail"),
      own("p", "p", "detail"),
      own("Test", "text", "detail"),
      own("n", "count", "detail"),
    ],
    rows: sections.flat(),
    notes: notesOfComparison(results),
  };
}

/** Interval, p, test and n; a suite's score has none. */
function testCells({ low, high, p, test, n }: ComparisonRecord) {
  if (low === null || high === null || p === null || test === null || n === null)
    return [BLANK, BLANK, BLANK, BLANK];
  // In brackets it has what the notes say, or CSV and JSON.
  const [name] = test.split(" (");
  return [interval(low, high), pCell(p), text(oneLine(name!)), { kind: "count", count: n } as const];
}
