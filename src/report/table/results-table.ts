import type { RunResults } from "../../results/index.js";
import { oneLine } from "../names.js";
import { findPublishedRow } from "../published.js";
import { baselineColumn, findPublished, listColumns, publishedColumn } from "./columns.js";
import { listResultNotes } from "./notes.js";
import type { Caption, Row, Table } from "./report-table.js";
import { listSubjects } from "./table-rows.js";

/** What the table of results shows besides the results. */
export interface ResultsTableOptions {
  /** ids of the published rows to show next to the results; rows without a value for any task are omitted */
  readonly published: readonly string[];
  /** how long the run took, for the caption */
  readonly seconds?: number | undefined;
}

/**
 * Makes a table of a run's results: a row for each task and metric, or the reason why it has none, then one for each suite
 * score; with columns for the baselines and published results.
 * @throws GlmEvalError (usage) for an unknown published id
 *
 * @example
 * const { rows } = resultsTable(await readResults(await readRun("runs/large")), { published: [] });
 * for (const row of rows)
 *   if (row.kind === "values") console.log(row.cells.map((cell) => (cell.kind === "value" ? cell.value : cell.kind)));
 */
export function resultsTable(results: RunResults, options: ResultsTableOptions): Table {
  const subjects = listSubjects(results);
  const values = subjects.filter((subject) => subject.kind !== "message");
  const published = [...new Set(options.published)]
    .map(findPublishedRow)
    .filter((one) => values.some((subject) => findPublished(one, subject) !== undefined));
  const sources = listColumns(
    [...results.baselines.map(baselineColumn), ...published.map(publishedColumn)],
    subjects,
  );
  const seconds = options.seconds === undefined ? [] : [`${options.seconds.toFixed(1)} s`];
  return {
    caption: makeCaption(results, seconds),
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
    notes: listResultNotes(results, published),
  };
}

/** Makes a table's caption. @param more facts besides protocol and split */
export function makeCaption(results: RunResults, more: readonly string[] = []): Caption {
  const { model, protocol, split } = results;
  return {
    subject: oneLine(model),
    facts: [`protocol ${oneLine(protocol)}`, `${oneLine(split)} split`, ...more],
    unit: "values in percent",
  };
}
