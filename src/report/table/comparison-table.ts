import type { RunResults } from "../../results/index.js";
import { type ComparisonRecord, listComparisons } from "../comparisons.js";
import { metricTitle, oneLine, taskLabel } from "../names.js";
import { listComparisonTableNotes } from "./notes.js";
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
import { makeCaption } from "./results-table.js";

const makeColumn = (head: string, kind: Column["kind"], role: Column["role"]): Column => ({
  ...{ head: [head], kind, role, group: "own" },
});

/**
 * Makes a table of the run's model against its baselines, with a section per baseline if there are several: a row for each
 * task, pattern and metric that both have, then one for each suite that both have a score for.
 *
 * @example
 * const runs = [await finishedRun(await readRun("runs/large")), await finishedRun(await readRun("runs/base"))];
 * console.log(toMarkdown(comparisonTable(combineRuns(runs).results)));
 */
export function comparisonTable(results: RunResults): Table {
  const { baselines, suites, tasks } = results;
  const several = baselines.length > 1;
  const getSuiteTitle = (suite: string) => oneLine(suites.find(({ name }) => name === suite)?.title ?? suite);
  const sections = baselines.map((baseline): Row[] => {
    const rows = listComparisons({ ...results, baselines: [baseline] }).map(({ record, task }): Row => {
      const label = task === undefined ? getSuiteTitle(record.task) : taskLabel(task, tasks);
      const metric = task === undefined ? "score" : metricTitle(record.metric);
      const values = [value(record.value), value(record.baselineValue), difference(record.difference)];
      return { kind: "values", cells: [text(label), text(metric), ...values, ...makeTestCells(record)] };
    });
    return several && rows.length > 0
      ? [{ kind: "section", label: `against ${oneLine(baseline.model)}` }, ...rows]
      : rows;
  });
  const others = baselines.map(({ model }) => oneLine(model)).join(", ");
  return {
    caption: { ...makeCaption(results), subject: `${oneLine(results.model)} against ${others}` },
    columns: [
      makeColumn("Task", "text", "row"),
      makeColumn("Metric", "text", "row"),
      makeColumn("Value", "value", "detail"),
      makeColumn("Baseline", "value", "detail"),
      makeColumn("Diff.", "difference", "main"),
      makeColumn("95% CI", "interval", "detail"),
      makeColumn("p", "p", "detail"),
      makeColumn("Test", "text", "detail"),
      makeColumn("n", "count", "detail"),
    ],
    rows: sections.flat(),
    notes: listComparisonTableNotes(results),
  };
}

/** Makes the cells of interval, p, test and n; a suite score has none. */
function makeTestCells({ low, high, p, test, n }: ComparisonRecord) {
  if (low === null || high === null || p === null || test === null || n === null)
    return [BLANK, BLANK, BLANK, BLANK];
  // The details in parentheses are in the notes, or in CSV and JSON.
  const [name] = test.split(" (");
  return [interval(low, high), pCell(p), text(oneLine(name!)), { kind: "count", count: n } as const];
}
