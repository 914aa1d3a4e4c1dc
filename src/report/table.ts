import Table from "cli-table3";
import type { MetricResult } from "../metrics/index.js";
import { notes } from "./notes.js";
import { type PublishedRow, publishedRow, publishedValue } from "./published.js";
import { metricTitle, oneLine, percent, taskTitle, wrap } from "./text.js";
import type { RunResults, TaskResult } from "./types.js";

export interface TableOptions {
  /** ids of the published rows to show beside the results */
  readonly published: readonly string[];
  /** bold and colours by ANSI codes (default false) */
  readonly color?: boolean;
  /** characters a line (default 100, at least 40); published columns that do not fit go into a further table below */
  readonly width?: number;
}

type Row =
  | {
      readonly kind: "metric";
      readonly label: string;
      readonly task: TaskResult;
      readonly metric: MetricResult;
    }
  | { readonly kind: "score"; readonly label: string; readonly score: number }
  | { readonly kind: "message"; readonly label: string; readonly text: string; readonly failed: boolean };

type ValueRow = Exclude<Row, { kind: "message" }>;

interface Column {
  readonly head: string;
  readonly align: "left" | "right";
  cell(row: ValueRow): string;
}

/**
 * The results as a table in plain text, in percent, with notes below it. It holds no ANSI codes unless asked for,
 * and no trailing newline.
 * @throws GlmEvalError("usage") for an unknown published id
 */
export function renderTable(results: RunResults, options: TableOptions): string {
  const { color = false } = options;
  const width = Math.max(40, options.width ?? 100);
  const published = [...new Set(options.published)].map(publishedRow);
  const rows = rowsOf(results);
  const paint = painter(color);

  const tables: string[] = [];
  let rest = published.map(publishedColumn);
  do {
    const first = tables.length === 0;
    const shown = first ? rows : rows.filter((row) => row.kind !== "message");
    const draw = (count: number) => grid(shown, columnsWith(rest.slice(0, count), first), paint);
    let count = rest.length;
    while (count > 1 && draw(count).width > width) count -= 1;
    tables.push(draw(count).text);
    rest = rest.slice(count);
  } while (rest.length > 0);

  const facts = [
    `protocol ${oneLine(results.protocol)}`,
    `${oneLine(results.split)} split`,
    `${results.seconds.toFixed(1)} s`,
  ];
  const heading = wrap(`${oneLine(results.model)}: ${facts.join(", ")}; values in percent`, width, "  ");
  const below = notes(results, published).flatMap((note) => wrap(note, width, "  "));
  return [...heading.map(paint.bold), "", tables.join("\n\n"), "", ...below].join("\n");
}

function rowsOf(results: RunResults): Row[] {
  const rows: Row[] = results.tasks.flatMap((task): Row[] => {
    const several = results.tasks.filter((other) => other.task === task.task).length > 1;
    const label = several ? `${taskTitle(task.task)} ${oneLine(task.pattern)}` : taskTitle(task.task);
    if (task.status === "done")
      return task.metrics.map((metric) => ({ kind: "metric", label, task, metric }));
    const why = task.message === undefined ? "" : `: ${oneLine(task.message)}`;
    const failed = task.status === "failed";
    return [{ kind: "message", label, failed, text: `– ${failed ? "failed" : "no file"}${why}` }];
  });
  if (results.superglueScore === null) return rows;
  return [...rows, { kind: "score", label: "SuperGLUE", score: results.superglueScore }];
}

const TASK: Column = { head: "Task", align: "left", cell: (row) => row.label };
const METRIC: Column = {
  head: "Metric",
  align: "left",
  cell: (row) => (row.kind === "score" ? "score" : metricTitle(row.metric.metric)),
};
const VALUE: Column = {
  head: "Value",
  align: "right",
  cell: (row) => percent(row.kind === "score" ? row.score : row.metric.value),
};
const INTERVAL: Column = {
  head: "95% CI",
  align: "right",
  cell: (row) => (row.kind === "score" ? "" : `[${percent(row.metric.low)}, ${percent(row.metric.high)}]`),
};
const MAJORITY: Column = {
  head: "Majority",
  align: "right",
  cell: (row) => {
    if (row.kind === "score") return "";
    return row.metric.constant === null ? "–" : percent(row.metric.constant);
  },
};
const COUNT: Column = {
  head: "n",
  align: "right",
  cell: (row) => (row.kind === "score" ? "" : String(row.task.examples)),
};

function columnsWith(published: readonly Column[], first: boolean): Column[] {
  if (first) return [TASK, METRIC, VALUE, INTERVAL, MAJORITY, ...published, COUNT];
  return [TASK, METRIC, VALUE, ...published];
}

function publishedColumn(published: PublishedRow): Column {
  return {
    head: `${wrap(published.model, 12).join("\n")}\n${published.setting}\n${published.split} set`,
    align: "right",
    cell: (row) => {
      const [task, metric] =
        row.kind === "score" ? ["superglue", "score"] : [row.task.task, row.metric.metric];
      const found = publishedValue(published, task, metric);
      if (found === undefined) return "– ";
      // A blank in the mark's place keeps the digits below each other.
      return `${found.percent.toFixed(1)}${found.verified === "verified" ? " " : "†"}`;
    },
  };
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
    columns.map((column) => (column === VALUE ? paint.bold(column.cell(row)) : column.cell(row)));

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
