import type { RunResults } from "../../results/index.js";
import { oneLine } from "../names.js";
import { publishedRow } from "../published.js";
import { baselineColumn, columnsWith, publishedColumn, publishedFor } from "./columns.js";
import { notes } from "./notes.js";
import type { Caption, Row, Table } from "./report-table.js";
import { subjectsOf } from "./table-rows.js";

/** What stands beside the results. */
export interface ResultsTableOptions {
  /** ids of the published rows to show beside the results; those without a value for any of the tasks are left out */
  readonly published: readonly string[];
  /** how long the run took, for the caption */
  readonly seconds?: number | undefined;
}

/**
 * The results of a run as a table: a row for each task and metric, or of why there is none, then one for each suite's
 * score; beside them the baselines and published results.
 * @throws GlmEvalError (usage) for an unknown published id
 *
 * @example
 * const { rows } = resultsTable(await readResults(await readRun("runs/large")), { published: [] });
 * for (const row of rows)
 *   if (row.kind === "values") console.log(row.cells.map((cell) => (cell.kind === "value" ? cell.value : cell.kind)));
 */
export function resultsTable(results: RunResults, options: ResultsTableOptions): Table {
  const subjects = subjectsOf(results);
  const values = subjects.filter((subject) => subject.kind !== "message");
  const published = [...new Set(options.published)]
    .map(publishedRow)
    .filter((one) => values.some((subject) => publishedFor(one, subject) !== undefined));
  const sources = columnsWith(
    [...results.baselines.map(baselineColumn), ...published.map(publishedColumn)],
    subjects,
  );
  const seconds = options.seconds === undefined ? [] : [`${options.seconds.toFixed(1)} s`];
  return {
    caption: captionOf(results, seconds),
    columns: sources.map(({ head, kind, role, group }) => ({ head, kind, role, group })),
    rows: subjects.map((subject): Row => {
      if (subject.kind !== "message")
        return { kind: "values", cells: sources.map((source) => source.cell(subject)) };
      const { status, message } = subject.task;
      return {
        kind: "message",
        label: subject.label,
        status: status === "done" ? "unlabelled" : status,
        message: message === undefined ? undefined : oneLine(message),
      };
    }),
    notes: notes(results, published),
  };
}

/** @param more facts besides protocol and split */
export function captionOf(results: RunResults, more: readonly string[] = []): Caption {
  const { model, protocol, split } = results;
  return {
    subject: oneLine(model),
    facts: [`protocol ${oneLine(protocol)}`, `${oneLine(split)} split`, ...more],
    unit: "values in percent",
  };
}
