import Table from "cli-table3";
import type { RunResults, SuiteResult, TaskResult } from "../results/index.js";
import { ensembleResult, patternsOf, type Spread, spreads } from "../results/index.js";
import {
  baselineColumn,
  type Column,
  columnsWith,
  MEAN,
  publishedCell,
  publishedColumn,
  type Row,
  VALUE,
  type ValueRow,
} from "./columns.js";
import { notes } from "./notes.js";
import { publishedRow } from "./published.js";
import { oneLine, taskLabel, taskTitle, wrap } from "./text.js";

export interface TableOptions {
  /** ids of the published rows to show beside the results */
  readonly published: readonly string[];
  /** how long the run took, for the heading */
  readonly seconds?: number;
  /** bold and colours by ANSI codes (default false) */
  readonly color?: boolean;
  /** characters a line (default 100, at least 40); columns that do not fit go into a further table below */
  readonly width?: number;
}

/**
 * The results as a table in plain text, in percent, with notes below it. Published rows that have no value for any of the
 * tasks are left out. It holds no ANSI codes unless asked for,
 * and no trailing newline.
 * @throws GlmEvalError("usage") for an unknown published id
 */
export function renderTable(results: RunResults, options: TableOptions): string {
  const { color = false } = options;
  const width = Math.max(40, options.width ?? 100);
  const rows = rowsOf(results);
  const paint = painter(color);

  const valueRows = rows.filter((row) => row.kind !== "message");
  const published = [...new Set(options.published)]
    .map(publishedRow)
    .filter(
      (one) => valueRows.length === 0 || valueRows.some((row) => publishedCell(one, row) !== undefined),
    );
  const draw = (others: readonly Column[], first: boolean) =>
    grid(first ? rows : valueRows, columnsWith(others, { first, rows }), paint);
  const kinds = [
    results.baselines.map((baseline) => baselineColumn(baseline, valueRows)),
    published.map(publishedColumn),
  ];
  const dealt = deal(kinds, (others, first) => draw(others, first).width <= width);
  const tables = dealt.map((others, k) => draw(others, k === 0).text);

  const facts = [
    `protocol ${oneLine(results.protocol)}`,
    `${oneLine(results.split)} split`,
    ...(options.seconds === undefined ? [] : [`${options.seconds.toFixed(1)} s`]),
  ];
  const heading = wrap(`${oneLine(results.model)}: ${facts.join(", ")}; values in percent`, width, "  ");
  const below = notes(results, published).flatMap((note) => wrap(note, width, "  "));
  return [...heading.map(paint.bold), "", tables.join("\n\n"), "", ...below].join("\n");
}

/**
 * Deals columns out to the first table, which has columns of its own and may take none, and to further ones, which take
 * at least one. Columns of one kind stay together: a kind begins in a table of another only where all of it fits.
 */
function deal(
  kinds: readonly (readonly Column[])[],
  fits: (columns: readonly Column[], first: boolean) => boolean,
): Column[][] {
  const tables: Column[][] = [[]];
  const canTake = (columns: readonly Column[]) => fits([...tables.at(-1)!, ...columns], tables.length === 1);
  for (const kind of kinds) {
    if (canTake(kind)) {
      tables.at(-1)!.push(...kind);
      continue;
    }
    if (tables.at(-1)!.length > 0) tables.push([]);
    for (const column of kind) {
      const empty = tables.length > 1 && tables.at(-1)!.length === 0;
      if (!empty && !canTake([column])) tables.push([]);
      tables.at(-1)!.push(column);
    }
  }
  return tables;
}

/** A row for each task and metric, however many patterns the task ran with. */
function rowsOf(results: RunResults): Row[] {
  const all = spreads(results.tasks);
  const rows: Row[] = results.tasks.flatMap((task): Row[] => {
    const own = all.filter((spread) => spread.task === task.task);
    if (own.length > 0 && task.status === "done") return foldedRows(task, own, results.tasks);
    const label = taskLabel(task, results.tasks);
    if (task.status === "done")
      return task.metrics.map((metric) => ({ kind: "metric", label, task, metric }));
    const why = task.message === undefined ? "" : `: ${oneLine(task.message)}`;
    const failed = task.status === "failed";
    return [{ kind: "message", label, failed, text: `– ${failed ? "failed" : "no file"}${why}` }];
  });
  return [...rows, ...results.suites.flatMap(scoreRow)];
}

/** The rows of all of a task's patterns, given with the first of them. */
function foldedRows(task: TaskResult, own: readonly Spread[], tasks: readonly TaskResult[]): Row[] {
  if (task !== patternsOf(tasks, task.task)[0]) return [];
  const shown = ensembleResult(tasks, task.task) ?? task;
  return own.map((spread) => ({
    kind: "metric",
    label: taskTitle(task.task),
    task: shown,
    metric: shown.metrics.find(({ metric }) => metric === spread.metric)!,
    spread,
  }));
}

function scoreRow({ name: suite, title, score }: SuiteResult): Row[] {
  return score === null ? [] : [{ kind: "score", label: oneLine(title), suite, score }];
}

type Painter = ReturnType<typeof painter>;

function painter(color: boolean) {
  const code = (on: number, off: number) => (text: string) => {
    if (!color || text === "") return text;
    return text.replace(/[^\n]+/g, (line) => `\u001b[${on}m${line}\u001b[${off}m`);
  };
  return { bold: code(1, 22), red: code(31, 39), dim: code(2, 22) };
}

/** Draws the rows twice: the first drawing finds the room that messages, which span all columns but one, may take. */
function grid(rows: readonly Row[], columns: readonly Column[], paint: Painter) {
  const empty = () => new Table(tableOptions(columns, paint));
  const values = (row: ValueRow) =>
    columns.map((column) =>
      column === VALUE || column === MEAN ? paint.bold(column.cell(row)) : column.cell(row),
    );

  const sketch = empty();
  for (const row of rows) sketch.push(row.kind === "message" ? [row.label] : values(row));
  sketch.toString();
  const widths = sketch.options.colWidths.map((one) => one ?? 0);
  // One character between columns; a message leaves the padding at the end free.
  const width = widths.reduce((sum, one) => sum + one + 1, 0) - 1;
  const room = width - widths[0]! - 2;

  const table = empty();
  for (const row of rows) {
    if (row.kind !== "message") table.push(values(row));
    else {
      const content = (row.failed ? paint.red : paint.dim)(wrap(row.text, room, "  ").join("\n"));
      table.push([row.label, { content, colSpan: columns.length - 1, hAlign: "left" }]);
    }
  }
  return { text: table.toString().replace(/ +$/gm, ""), width };
}

function tableOptions(columns: readonly Column[], paint: Painter) {
  const none = {
    top: "",
    "top-mid": "",
    "top-left": "",
    "top-right": "",
    bottom: "",
    "bottom-mid": "",
    "bottom-left": "",
    "bottom-right": "",
    left: "",
    "left-mid": "",
    right: "",
    "right-mid": "",
  };
  return {
    head: columns.map(({ head }) => paint.bold(head)),
    colAligns: columns.map(({ align }) => align),
    rowAligns: ["bottom" as const],
    // A rule below the head and nothing else: it reads as well in a file as on a screen.
    chars: { ...none, mid: "─", "mid-mid": "─", middle: " " },
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 1 },
  };
}
