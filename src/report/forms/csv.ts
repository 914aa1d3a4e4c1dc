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
import { listComparisons } from "../comparisons.js";
import { describeLeftOut } from "../names.js";
import { findPublishedRow, getPublishedValue, type PublishedRow } from "../published.js";
import { type NamedBaseline, nameBaselines } from "./csv-names.js";

/**
 * Spreadsheets evaluate fields that start with these characters, quoted or not. Such a text is prefixed with an apostrophe
 * (OWASP, "CSV injection"); so is a text with apostrophes before such a character, so that removing one apostrophe
 * always restores the text. Numbers stay numbers.
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
 * Writes results as CSV (RFC 4180: comma, CRLF, UTF-8 without a byte-order mark, header line): one line for each task,
 * pattern and metric, including the ensemble of patterns, or one without a metric if the task is missing or failed; then
 * the mean, standard deviation, worst and best of each metric over a task's patterns if there are several (`kind`
 * distinguishes these lines); and finally one line for each suite with a score: the suite's name as the task
 * ("superglue"), metric "score". The same lines follow for each baseline, with its name as the model; a failed baseline
 * has one line without a task that gives the reason. On the lines of the run's own model, columns with each baseline's
 * name (`nameBaselines`) give the difference from it with its 95% interval, p and test. All values, including published
 * ones, are fractions in full precision; what does not apply is empty. The columns of `COLUMNS` are always present, in
 * this order, so that files of several runs can be read together. They are followed by the columns of each baseline of the
 * run, then those of each published row with a value on any line. Texts that a spreadsheet would evaluate start with an
 * apostrophe; `unescapeCsvField` removes it.
 * @throws GlmEvalError (usage) for an unknown published id
 *
 * @example
 * import { writeFile } from "node:fs/promises";
 * const results = await readResults(await readRun("runs/large"));
 * await writeFile("results.csv", toCsv(results, { published: [] }));
 */
export function toCsv(results: RunResults, options: { readonly published: readonly string[] }): string {
  const published = [...new Set(options.published)]
    .map(findPublishedRow)
    .filter((row) => hasValue(row, results));
  const publishedNames = published.flatMap(({ id }) => namePublishedColumns(id));
  const baselines = nameBaselines(results.baselines, [...COLUMNS, ...publishedNames]);
  const columns = [
    ...COLUMNS,
    ...baselines.flatMap(({ columns }) => Object.values(columns)),
    ...publishedNames,
  ];
  const rows = [
    ...makeModelRows(results, results, published, baselines),
    ...results.baselines.flatMap((baseline) => makeModelRows(results, baseline, published, [])),
  ];
  return formatCsv(rows, columns);
}

/** Whether a published row has a value for any of a run's values. */
function hasValue(published: PublishedRow, results: RunResults): boolean {
  return [results, ...results.baselines].some(
    ({ tasks, suites }) =>
      tasks.some(({ task, metrics }) =>
        metrics.some(({ metric }) => getPublishedValue(published, task, metric) !== undefined),
      ) ||
      suites.some(
        ({ name, score }) => score !== null && getPublishedValue(published, name, "score") !== undefined,
      ),
  );
}

/**
 * Writes a run's paired differences as CSV, in the same format as `toCsv`: one line for each baseline, task, pattern and
 * metric, including suite scores; values are fractions in full precision.
 */
export function comparisonCsv(results: RunResults): string {
  const rows = listComparisons(results).map(({ record }) => snakeKeys(record) as Row);
  return formatCsv(rows, COMPARISON_COLUMNS);
}

function formatCsv(rows: readonly Row[], columns: readonly string[]): string {
  return `${Papa.unparse([...rows], { columns: [...columns], newline: "\r\n", escapeFormulae: FORMULA })}\r\n`;
}

/** Returns the original text of a field: removes the apostrophe that keeps spreadsheets from evaluating it. */
export function unescapeCsvField(field: string): string {
  return field.startsWith("'") && FORMULA.test(field) ? field.slice(1) : field;
}

/** Makes all lines of one model of a run; `baselines` are those that it is compared with. */
function makeModelRows(
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
      ...makeTaskCells(task, metric),
      ...(metric && Object.assign({}, ...baselines.map((named) => makeComparisonCells(named, task, metric)))),
      ...(metric && makePublishedCells(published, task.task, metric.metric)),
    }));
  });
  rows.push(
    ...spreads(one.tasks).flatMap((spread) => {
      const { limited } = one.tasks.find(({ task }) => task === spread.task)!;
      return makeSpreadRows(spread).map((row) => ({ ...cells, ...row, ...makeLimitCells(limited) }));
    }),
  );
  const { limited } = one.tasks.find((task) => task.limited !== undefined) ?? {};
  for (const { name, score } of one.suites) {
    if (score === null) continue;
    rows.push({
      ...cells,
      ...makeLimitCells(limited),
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
      ...makePublishedCells(published, name, "score"),
    });
  }
  if ("status" in one && (one.status === "failed" || rows.length === 0))
    rows.push({ ...cells, status: one.status, message: one.message ?? null });
  return rows;
}

/** Makes the lines of a metric over its task's patterns: mean, standard deviation, worst and best. */
function makeSpreadRows({ task, metric, mean, sd, worst, best }: Spread): Row[] {
  const row = { task, metric, status: "done" };
  return [
    { ...row, kind: "mean", value: mean },
    { ...row, kind: "sd", value: sd },
    { ...row, kind: "worst", ...worst },
    { ...row, kind: "best", ...best },
  ];
}

function makeTaskCells(task: TaskResult, metric: MetricResult | undefined): Row {
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
    ...makeLimitCells(task.limited),
    same_tokens: task.sameTokens ?? 0,
    status: task.status,
    message: [task.message, describeLeftOut(task), metric?.note].filter(Boolean).join("; ") || null,
  };
}

/** Makes the cells of a limit, empty if all examples of the task's split were scored. */
function makeLimitCells(limited: Limited | undefined): Row {
  return {
    limit: limited?.limit ?? null,
    limit_by: limited?.by ?? null,
    limit_seed: limited?.seed ?? null,
  };
}

function makeComparisonCells(
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

function namePublishedColumns(id: string): string[] {
  return [id, `${id}_source`, `${id}_split`, `${id}_setting`];
}

function makePublishedCells(published: readonly PublishedRow[], task: string, metric: string): Row {
  const cells: Row = {};
  for (const row of published) {
    const found = getPublishedValue(row, task, metric);
    if (found === undefined) continue;
    // Published with at most two decimals: rounding to six removes the error of the division.
    const fraction = Number((found.percent / 100).toFixed(6));
    const values = [fraction, `${row.source.name}, ${row.table}`, row.split, row.setting];
    namePublishedColumns(row.id).forEach((column, k) => {
      cells[column] = values[k]!;
    });
  }
  return cells;
}
