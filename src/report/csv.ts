import Papa from "papaparse";
import type { MetricResult } from "../metrics/index.js";
import { type PublishedRow, publishedRow, publishedValue } from "./published.js";
import type { RunResults, TaskResult } from "./types.js";

/**
 * Spreadsheets compute fields that begin with these characters, quoted or not. Such a text gets one apostrophe in
 * front (OWASP, "CSV injection"); so does one that begins with apostrophes before such a character, so that taking
 * one away again is always right. Numbers stay numbers.
 */
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/;

const COLUMNS = [
  "model",
  "protocol",
  "task",
  "pattern",
  "metric",
  "value",
  "ci_low",
  "ci_high",
  "interval",
  "n",
  "majority",
  "ties",
  "truncated",
  "end_of_piece",
  "normalization",
  "status",
  "message",
  "split",
  "sample_data",
] as const;

type Cell = string | number | boolean | null;
type Row = Record<string, Cell>;

/**
 * The results as CSV (RFC 4180: comma, CRLF, UTF-8 without a byte-order mark, header line): one line for each task,
 * pattern and metric, one without a metric for a task that is missing or failed, and a last line of task "superglue",
 * metric "score" where there is a score. All values are fractions in full precision, the published ones too; what
 * does not apply is empty. Texts that a spreadsheet would compute begin with an apostrophe: see `unescapeCsvField`.
 * @throws GlmEvalError("usage") for an unknown published id
 */
export function toCsv(results: RunResults, options: { readonly published: readonly string[] }): string {
  const published = [...new Set(options.published)].map(publishedRow);
  const rows = results.tasks.flatMap((task) => {
    const metrics = task.status === "done" && task.metrics.length > 0 ? task.metrics : [undefined];
    return metrics.map((metric) => taskRow(results, task, metric, published));
  });
  if (results.superglueScore !== null) rows.push(scoreRow(results, results.superglueScore, published));
  const columns = [...COLUMNS, ...published.flatMap(({ id }) => publishedColumns(id))];
  return `${Papa.unparse(rows, { columns, newline: "\r\n", escapeFormulae: FORMULA })}\r\n`;
}

/** The text that was written as this field: takes away the apostrophe that keeps spreadsheets from computing it. */
export function unescapeCsvField(field: string): string {
  return field.startsWith("'") && FORMULA.test(field) ? field.slice(1) : field;
}

function taskRow(
  results: RunResults,
  task: TaskResult,
  metric: MetricResult | undefined,
  published: readonly PublishedRow[],
): Row {
  return {
    ...runCells(results),
    task: task.task,
    pattern: task.pattern,
    metric: metric?.metric ?? null,
    value: metric?.value ?? null,
    ci_low: metric?.low ?? null,
    ci_high: metric?.high ?? null,
    interval: metric?.interval ?? null,
    n: task.examples,
    majority: metric?.constant ?? null,
    ties: task.ties,
    truncated: task.truncated,
    end_of_piece: task.endOfPiece,
    normalization: task.normalization,
    status: task.status,
    message: task.message ?? metric?.note ?? null,
    ...(metric === undefined ? {} : publishedCells(published, task.task, metric.metric)),
  };
}

function scoreRow(results: RunResults, score: number, published: readonly PublishedRow[]): Row {
  return {
    ...runCells(results),
    task: "superglue",
    metric: "score",
    value: score,
    status: "done",
    ...publishedCells(published, "superglue", "score"),
  };
}

function runCells({ model, protocol, split, sampleData }: RunResults): Row {
  return { model, protocol, split, sample_data: sampleData };
}

function publishedColumns(id: string): string[] {
  return [id, `${id}_source`, `${id}_split`, `${id}_setting`, `${id}_verified`];
}

function publishedCells(published: readonly PublishedRow[], task: string, metric: string): Row {
  const cells: Row = {};
  for (const row of published) {
    const found = publishedValue(row, task, metric);
    if (found === undefined) continue;
    // Printed with at most two decimals: six make the fraction what division would only come near to.
    const fraction = Number((found.percent / 100).toFixed(6));
    const values = [fraction, `${row.source.name}, ${row.table}`, row.split, row.setting, found.verified];
    publishedColumns(row.id).forEach((column, k) => {
      cells[column] = values[k]!;
    });
  }
  return cells;
}
