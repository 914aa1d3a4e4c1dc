import Table from "cli-table3";
import type { RunResults } from "../../results/index.js";
import { wrap, wrapName } from "../../wrap.js";
import { formatP, formatPercent, formatPoints } from "../numbers.js";
import {
  type Cell,
  type Column,
  describeMessage,
  type Mark,
  type Table as NeutralTable,
  type ResultsTableOptions,
  type Row,
  resultsTable,
} from "../table/index.js";

/** How to lay out plain text. */
export interface TextOptions {
  /** bold and colors with ANSI codes (default false) */
  readonly color?: boolean | undefined;
  /** characters per line (default 100, at least 40); columns of other models that do not fit go into another table below */
  readonly width?: number | undefined;
}

/** What `renderTable` shows, and how. */
export type TableOptions = ResultsTableOptions & TextOptions;

const SIGNS: Readonly<Record<Mark, string>> = { significant: "*", "same-tokens": "‡" };

/**
 * Formats results as a plain-text table, in percent, with notes below. Omits published rows without a value for any of the
 * tasks. No ANSI codes by default, and no trailing newline.
 * @throws GlmEvalError (usage) for an unknown published id
 *
 * @example
 * const results = await readResults(await readRun("runs/large"));
 * console.log(renderTable(results, { published: ["glm-large"], width: process.stdout.columns }));
 */
export function renderTable(results: RunResults, options: TableOptions): string {
  return toText(resultsTable(results, options), options);
}

/**
 * Formats a table as plain text, without a trailing newline.
 *
 * @example
 * const results = await readResults(await readRun("runs/large"));
 * console.log(toText(resultsTable(results, { published: [] }), { color: true, width: 80 }));
 */
export function toText(table: NeutralTable, options: TextOptions = {}): string {
  const width = Math.max(40, options.width ?? 100);
  const paint = makePainter(options.color ?? false);
  const { caption, columns, rows, notes } = table;
  const layouts = columns.map((column, k) => makeLayout(column, getCells(rows, k)));
  const draw = (at: readonly number[], first: boolean) =>
    drawGrid(
      { table, layouts, at, rows: first ? rows : rows.filter(({ kind }) => kind !== "message") },
      paint,
    );

  const own = columns.flatMap(({ group }, k) => (group === "own" ? [k] : []));
  const repeated = own.filter((k) => columns[k]!.role !== "detail");
  const chooseColumns = (others: readonly number[], first: boolean) =>
    [...(first ? own : repeated), ...others].sort((a, b) => a - b);
  const kinds = (["baseline", "published"] as const).map((group) =>
    columns.flatMap((column, k) => (column.group === group ? [k] : [])),
  );
  const columnGroups = distributeColumns(
    kinds,
    (others, first) => draw(chooseColumns(others, first), first).width <= width,
  );
  const grids = columnGroups.map((others, k) => draw(chooseColumns(others, k === 0), k === 0).text);

  const heading = wrap(`${caption.subject}: ${caption.facts.join(", ")}; ${caption.unit}`, width, "  ");
  const below = notes.flatMap(({ mark, text }) =>
    wrap(mark === undefined ? text : `${SIGNS[mark]} ${text}`, width, "  "),
  );
  const parts = [heading.map(paint.bold), grids.join("\n\n").split("\n"), below];
  return parts.flatMap((lines, k) => (k > 0 && lines.length > 0 ? ["", ...lines] : lines)).join("\n");
}

/**
 * Distributes columns over the first table, which has its own columns and may take none, and further tables, which take at
 * least one. Columns of one kind stay together: a kind shares a table with another kind only if all of it fits.
 */
function distributeColumns(
  kinds: readonly (readonly number[])[],
  fits: (columns: readonly number[], first: boolean) => boolean,
): number[][] {
  const tables: number[][] = [[]];
  const canTake = (columns: readonly number[]) => fits([...tables.at(-1)!, ...columns], tables.length === 1);
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

/** How to write a column. */
interface Layout {
  readonly head: string;
  write(cell: Cell): string;
}

function getCells(rows: readonly Row[], column: number): Cell[] {
  return rows.flatMap((row) => (row.kind === "values" ? [row.cells[column]!] : []));
}

/** Pads cells where others in the column have a mark or a deviation, so that digits are aligned. */
function makeLayout({ head, kind, group }: Column, cells: readonly Cell[]): Layout {
  const lines = head.join("\n");
  if (kind === "comparison") return makeComparisonLayout(head, cells);
  const padding = (cell: Cell) => (cells.some(hasMark) && !hasMark(cell) ? " " : "");
  if (kind === "spread")
    return {
      head: `${lines} `,
      write: (cell) => `${formatCell(cell)}${padding(cell)}${cell.kind === "value" ? "       " : ""}`,
    };
  if (group === "published") {
    const [model, ...more] = head;
    return { head: [...wrap(model!, 12), ...more].join("\n"), write: formatCell };
  }
  if (kind === "p")
    return { head: `${lines} `, write: (cell) => `${formatCell(cell)}${hasMark(cell) ? "" : " "}` };
  return { head: lines, write: (cell) => `${formatCell(cell)}${padding(cell)}` };
}

/** Makes three columns in one, each aligned over all rows: the value, the difference from it, and p. */
function makeComparisonLayout(head: readonly string[], cells: readonly Cell[]): Layout {
  const splitCell = (cell: Cell): readonly [string, string, string] => {
    if (cell.kind !== "comparison") return [formatCell(cell), "", ""];
    const { value, difference, p } = cell;
    const pPart = p === undefined ? "" : `${formatCell(p)}${hasMark(p) ? "" : " "}`;
    return [formatPercent(value), difference ? formatCell(difference) : "", pPart];
  };
  const heads = ["Value", "Diff.", "p "];
  const widths = heads.map((one, k) =>
    Math.max(one.length, ...cells.map((cell) => splitCell(cell)[k]!.length)),
  );
  const join = (parts: readonly string[]) => parts.map((part, k) => part.padStart(widths[k]!)).join(" ");
  const below = join(heads);
  const names = head.flatMap((name) => wrapName(name, below.length - 1));
  return {
    head: [...names.map((line) => `${line} `), below].join("\n"),
    write: (cell) => join(splitCell(cell)),
  };
}

function hasMark(cell: Cell): boolean {
  return "mark" in cell && cell.mark !== undefined;
}

function formatCell(cell: Cell): string {
  switch (cell.kind) {
    case "blank":
      return "";
    case "absent":
      return "–";
    case "text":
      return cell.text;
    case "count":
      return String(cell.count);
    case "value":
      return `${formatPercent(cell.value)}${cell.mark ? SIGNS[cell.mark] : ""}`;
    case "spread":
      return `${formatPercent(cell.mean)} ± ${formatPercent(cell.sd).padStart(4)}${cell.mark ? SIGNS[cell.mark] : ""}`;
    case "interval":
      return `[${formatPercent(cell.low)}, ${formatPercent(cell.high)}]`;
    case "difference":
      return formatPoints(cell.points);
    case "p":
      return `${formatP(cell.p)}${cell.mark ? SIGNS[cell.mark] : ""}`;
    case "comparison":
      return formatPercent(cell.value);
  }
}

type Painter = ReturnType<typeof makePainter>;

function makePainter(color: boolean) {
  const code = (on: number, off: number) => (text: string) => {
    if (!color || text === "") return text;
    return text.replace(/[^\n]+/g, (line) => `\u001b[${on}m${line}\u001b[${off}m`);
  };
  return { bold: code(1, 22), red: code(31, 39), dim: code(2, 22) };
}

interface Grid {
  readonly table: NeutralTable;
  readonly layouts: readonly Layout[];
  /** indices of the columns to draw */
  readonly at: readonly number[];
  readonly rows: readonly Row[];
}

/** A table is widened until a message has this many characters per line, so that short ones are not wrapped. */
const MESSAGE_WIDTH = 44;

/** Draws the rows twice: the first pass finds the width available for messages, which span all columns but one. */
function drawGrid({ table, layouts, at, rows }: Grid, paint: Painter) {
  const options = makeTableOptions(
    at.map((k) => paint.bold(layouts[k]!.head)),
    at.map((k) => (table.columns[k]!.kind === "text" ? "left" : "right")),
  );
  const values = (cells: readonly Cell[]) =>
    at.map((k) => {
      const written = layouts[k]!.write(cells[k]!);
      return table.columns[k]!.role === "main" ? paint.bold(written) : written;
    });

  const sketch = new Table(options);
  for (const row of rows)
    if (row.kind !== "section") sketch.push(row.kind === "message" ? [row.label] : values(row.cells));
  sketch.toString();
  const widths = sketch.options.colWidths.map((one) => one ?? 0);
  const longest = Math.max(
    0,
    ...rows.map((row) => (row.kind === "message" ? describeMessage(row).length : 0)),
  );
  const missing =
    Math.min(longest + 3, MESSAGE_WIDTH) - widths.slice(1).reduce((sum, one) => sum + one + 1, -2);
  if (missing > 0) widths[widths.length - 1]! += missing;
  // One character between columns; spanning cells leave the padding at the end free.
  const width = widths.reduce((sum, one) => sum + one + 1, 0) - 1;
  const room = width - widths[0]! - 2;

  const drawn = new Table({ ...options, colWidths: widths });
  for (const row of rows) {
    if (row.kind === "values") drawn.push(values(row.cells));
    else if (row.kind === "section") {
      const content = wrap(row.label, Math.max(1, width - 1), "  ")
        .map(paint.bold)
        .join("\n");
      drawn.push([{ content, colSpan: at.length, hAlign: "left" }]);
    } else {
      const { label, status } = row;
      const content = (status === "failed" ? paint.red : paint.dim)(
        wrap(`– ${describeMessage(row)}`, room, "  ").join("\n"),
      );
      drawn.push([label, { content, colSpan: at.length - 1, hAlign: "left" }]);
    }
  }
  // The library leaves gaps in the rule above cells that span columns.
  const drawnText = drawn.toString().replace(/^─+$/m, "─".repeat(width));
  return { text: drawnText.replace(/ +$/gm, ""), width };
}

function makeTableOptions(head: string[], colAligns: ("left" | "right")[]) {
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
    head,
    colAligns,
    rowAligns: ["bottom" as const],
    // Only a rule below the head, which is as readable in a file as on a screen.
    chars: { ...none, mid: "─", "mid-mid": "─", middle: " " },
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 1 },
  };
}
