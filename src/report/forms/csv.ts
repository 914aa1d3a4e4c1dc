import Papa from "papaparse";
import { snakeKeys } from "../../json.js";
import type { MetricResult } from "../../metrics/index.js";
import type { BaselineResults, Limited, RunResults, TaskResult } from "../../results/index.js";
import {
  countJudgedExamples,
  findComparison,
  getSuiteScore,
  type Spread,
  spreads,
} from "../../results/index.js";
import { comparisonsOf } from "../comparisons.js";
import { leftOut } from "../names.js";
import { type PublishedRow, publishedRow, publishedValue } from "../published.js";
import { type NamedBaseline, nameBaselines } from "./csv-names.js";

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
  "family",
  "aggregate",
  "fewshot",
  "shots_dropped",
  "kind",
  "calibration",
  "limit",
  "limit_by",
  "limit_seed",
  "same_tokens",
] as const;

const COMPARISON_COLUMNS = [
  "model",
  "baseline",
  "task",
  "pattern",
  "metric",
  "value",
  "baseline_value",
  "difference",
  "low",
  "high",
  "p",
  "test",
  "unit",
  "n",
] as const;

type Cell = string | number | boolean | null;
type Row = Record<string, Cell>;

/**
 * The results as CSV (RFC 4180: comma, CRLF, UTF-8 without a byte-order mark, header line): one line for each task,
 * pattern and metric, the ensemble of patterns among them, one without a metric for a task that is missing or failed; then
 * the mean, standard deviation, worst and best of each metric over a task's patterns, where there are several (`kind`
 * tells lines apart); and a last line for each suite that has a score: its name as the task ("superglue"), metric
 * "score". Then the same for each baseline, whose name is the line's model; one that failed
 * has a line without a task that says why. On the lines of the run's own model, columns with each baseline's name
 * (`nameBaselines`) give the difference from it with its 95% interval, p and test. All values are fractions in full
 * precision, the published ones too; what does not apply is empty. The columns of `COLUMNS` are always present, in this
 * order, so files of several runs can be read together. After them come the columns of each baseline of the run, then
 * those of each published row that has a value in any line. Texts that a spreadsheet would compute begin with an
 * apostrophe: see `unescapeCsvField`.
 * @throws GlmEvalError (usage) for an unknown published id
 *
 * @example
 * import { writeFile } from "node:fs/promises";
 * const results = await readResults(await readRun("runs/large"));
 * await writeFile("results.csv", toCsv(results, { published: [] }));
 */
export function toCsv(results: RunResults, options: { readonly published: readonly string[] }): string {
  const published = [...new Set(options.published)].map(publishedRow).filter((row) => hasValue(row, results));
  const publishedNames = published.flatMap(({ id }) => publishedColumns(id));
  const baselines = nameBaselines(results.baselines, [...COLUMNS, ...publishedNames]);
  const columns = [
    ...COLUMNS,
    ...baselines.flatMap(({ columns }) => Object.values(columns)),
    ...publishedNames,
  ];
  const rows = [
    ...modelRows(results, results, published, baselines),
    ...results.baselines.flatMap((baseline) => modelRows(results, baseline, published, [])),
  ];
  return csvText(rows, columns);
}

/** Whether something was published for any of a run's values. */
function hasValue(published: PublishedRow, results: RunResults): boolean {
  return [results, ...results.baselines].some(
    ({ tasks, suites }) =>
      tasks.some(({ task, metrics }) =>
        metrics.some(({ metric }) => publishedValue(published, task, metric) !== undefined),
      ) ||
      suites.some(
        ({ name, score }) => score !== null && publishedValue(published, name, "score") !== undefined,
      ),
  );
}

/**
 * The paired differences of a run as CSV, written as `toCsv` writes: one line for each baseline, task, pattern and metric,
 * the suites' scores among them; values are fractions in full precision.
 */
export function comparisonCsv(results: RunResults): string {
  const rows = comparisonsOf(results).map(({ record }) => snakeKeys(record) as Row);
  return csvText(rows, COMPARISON_COLUMNS);
}

function csvText(rows: readonly Row[], columns: readonly string[]): string {
  return `${Papa.unparse([...rows], { columns: [...columns], newline: "\r\n", escapeFormulae: FORMULA })}\r\n`;
}

/** The text that was written as this field: takes away the apostrophe that keeps spreadsheets from computing it. */
export function unescapeCsvField(field: string): string {
  return field.startsWith("'") && FORMULA.test(field) ? field.slice(1) : field;
}

/** All lines of one model of a run; `baselines` are those that it is compared with. */
function modelRows(
  { split, sampleData }: RunResults,
  one: RunResults | BaselineResults,
  published: readonly PublishedRow[],
  baselines: readonly NamedBaseline[],
): Row[] {
  const cells = {
    model: one.model,
    protocol: one.protocol,
    split,
    sample_data: sampleData,
    family: one.family,
  };
  const rows: Row[] = one.tasks.flatMap((task) => {
    const metrics = task.status === "done" && task.metrics.length > 0 ? task.metrics : [undefined];
    return metrics.map((metric) => ({
      ...cells,
      ...taskCells(task, metric),
      ...(metric && Object.assign({}, ...baselines.map((named) => comparisonCells(named, task, metric)))),
      ...(metric && publishedCells(published, task.task, metric.metric)),
    }));
  });
  rows.push(
    ...spreads(one.tasks).flatMap((spread) => {
      const { limited } = one.tasks.find(({ task }) => task === spread.task)!;
      return spreadRows(spread).map((row) => ({ ...cells, ...row, ...limitCells(limited) }));
    }),
  );
  const { limited } = one.tasks.find((task) => task.limited !== undefined) ?? {};
  for (const { name, score } of one.suites) {
    if (score === null) continue;
    rows.push({
      ...cells,
      ...limitCells(limited),
      task: name,
      kind: "suite",
      metric: "score",
      value: score,
      status: "done",
      ...Object.fromEntries(
        baselines.flatMap(({ columns, results }) => {
          const other = getSuiteScore(results, name);
          return other === null ? [] : [[columns.difference, score - other]];
        }),
      ),
      ...publishedCells(published, name, "score"),
    });
  }
  if ("status" in one && (one.status === "failed" || rows.length === 0))
    rows.push({ ...cells, status: one.status, message: one.message ?? null });
  return rows;
}

/** A metric over the patterns of its task: mean, standard deviation, worst and best. */
function spreadRows({ task, metric, mean, sd, worst, best }: Spread): Row[] {
  const row = { task, metric, status: "done" };
  return [
    { ...row, kind: "mean", value: mean },
    { ...row, kind: "sd", value: sd },
    { ...row, kind: "worst", ...worst },
    { ...row, kind: "best", ...best },
  ];
}

function taskCells(task: TaskResult, metric: MetricResult | undefined): Row {
  return {
    task: task.task,
    pattern: task.pattern,
    kind: task.kind ?? "pattern",
    metric: metric?.metric ?? null,
    value: metric?.value ?? null,
    ci_low: metric?.low ?? null,
    ci_high: metric?.high ?? null,
    interval: metric?.interval ?? null,
    n: countJudgedExamples(task),
    majority: metric?.constant ?? null,
    ties: task.ties,
    truncated: task.truncated,
    fewshot: task.fewshot ?? 0,
    shots_dropped: task.shotsDropped ?? 0,
    end_of_piece: task.endOfPiece,
    normalization: task.normalization,
    aggregate: task.aggregate ?? null,
    calibration: task.calibration ?? null,
    ...limitCells(task.limited),
    same_tokens: task.sameTokens ?? 0,
    status: task.status,
    message: [task.message, leftOut(task), metric?.note].filter(Boolean).join("; ") || null,
  };
}

/** Empty where a task's split has no more examples than were scored. */
function limitCells(limited: Limited | undefined): Row {
  return {
    limit: limited?.limit ?? null,
    limit_by: limited?.by ?? null,
    limit_seed: limited?.seed ?? null,
  };
}

function comparisonCells(
  { columns, results }: NamedBaseline,
  task: TaskResult,
  { metric }: MetricResult,
): Row {
  const found = findComparison(results, task, metric);
  if (found === undefined) return {};
  return {
    [columns.difference]: found.difference,
    [columns.low]: found.low,
    [columns.high]: found.high,
    [columns.p]: found.p,
    [columns.test]: found.test,
  };
}

function publishedColumns(id: string): string[] {
  return [id, `${id}_source`, `${id}_split`, `${id}_setting`];
}

function publishedCells(published: readonly PublishedRow[], task: string, metric: string): Row {
  const cells: Row = {};
  for (const row of published) {
    const found = publishedValue(row, task, metric);
    if (found === undefined) continue;
    // Printed with at most two decimals: six make the fraction what division would only come near to.
    const fraction = Number((found.percent / 100).toFixed(6));
    const values = [fraction, `${row.source.name}, ${row.table}`, row.split, row.setting];
    publishedColumns(row.id).forEach((column, k) => {
      cells[column] = values[k]!;
    });
  }
  return cells;
}
