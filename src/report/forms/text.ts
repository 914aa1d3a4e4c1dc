import Table from "cli-table3";
import type { RunResults } from "../../results/index.js";
import { wrap, wrapName } from "../../wrap.js";
import { percentText, pValue, signedText } from "../numbers.js";
import {
  type Cell,
  type Column,
  type Mark,
  messageOf,
  type Table as NeutralTable,
  type ResultsTableOptions,
  type Row,
  resultsTable,
} from "../table/index.js";

/** How plain text is set. */
export interface TextOptions {
  /** bold and colours by ANSI codes (default false) */
  readonly color?: boolean | undefined;
  /** characters a line (default 100, at least 40); columns of other models that do not fit go into a further table below */
  readonly width?: number | undefined;
}

/** What `renderTable` shows, and how. */
export type TableOptions = ResultsTableOptions & TextOptions;

const SIGNS: Readonly<Record<Mark, string>> = { significant: "*", "same-tokens": "‡" };

/**
 * The results as a table in plain text, in percent, with notes below it. Published rows that have no value for any of the
 * tasks are left out. It holds no ANSI codes unless asked for, and no trailing newline.
 * @throws GlmEvalError (usage) for an unknown published id
 *
 * @example
 * const results = await readResults(await readRun("runs/large"));
 * console.log(renderTable(results, { published: ["glm-large"], width: process.stdout.columns }));
 */
export function renderTable(results: RunResults, options: TableOptions): string {
  return textOf(resultsTable(results, options), options);
}

/**
 * A table in plain text, without trailing newline.
 *
 * @example
 * const results = await readResults(await readRun("runs/large"));
 * console.log(textOf(resultsTable(results, { published: [] }), { color: true, width: 80 }));
 */
export function textOf(table: NeutralTable, options: TextOptions = {}): string {
  const width = Math.max(40, options.width ?? 100);
  const paint = painter(options.color ?? false);
  const { caption, columns, rows, notes } = table;
  const layouts = columns.map((column, k) => layoutOf(column, cellsAt(rows, k)));
  const draw = (at: readonly number[], first: boolean) =>
    grid({ table, layouts, at, rows: first ? rows : rows.filter(({ kind }) => kind !== "message") }, paint);

  const own = columns.flatMap(({ group }, k) => (group === "own" ? [k] : []));
  const repeated = own.filter((k) => columns[k]!.role !== "detail");
  const columnsOf = (others: readonly number[], first: boolean) =>
    [...(first ? own : repeated), ...others].sort((a, b) => a - b);
  const kinds = (["baseline", "published"] as const).map((group) =>
    columns.flatMap((column, k) => (column.group === group ? [k] : [])),
  );
  const dealt = deal(kinds, (others, first) => draw(columnsOf(others, first), first).width <= width);
  const grids = dealt.map((others, k) => draw(columnsOf(others, k === 0), k === 0).text);

  const heading = wrap(`${caption.subject}: ${caption.facts.join(", ")}; ${caption.unit}`, width, "  ");
  const below = notes.flatMap(({ mark, text }) =>
    wrap(mark === undefined ? text : `${SIGNS[mark]} ${text}`, width, "  "),
  );
  const parts = [heading.map(paint.bold), grids.join("\n\n").split("\n"), below];
  return parts.flatMap((lines, k) => (k > 0 && lines.length > 0 ? ["", ...lines] : lines)).join("\n");
}

/**
 * Deals columns out to the first table, which has columns of its own and may take none, and to further ones, which take
 * at least one. Columns of one kind stay together: a kind begins in a table of another only where all of it fits.
 */
function deal(
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

/** How a column is written. */
interface Layout {
  readonly head: string;
  write(cell: Cell): string;
}

function cellsAt(rows: readonly Row[], column: number): Cell[] {
  return rows.flatMap((row) => (row.kind === "values" ? [row.cells[column]!] : []));
}

/** Blanks stand where other cells of the column have a mark or a deviation, so that digits are below each other. */
function layoutOf({ head, kind, group }: Column, cells: readonly Cell[]): Layout {
  const lines = head.join("\n");
  if (kind === "comparison") return comparisonLayout(head, cells);
  const room = (cell: Cell) => (cells.some(hasMark) && !hasMark(cell) ? " " : "");
  if (kind === "spread")
    return {
      head: `${lines} `,
      write: (cell) => `${plain(cell)}${room(cell)}${cell.kind === "value" ? "       " : ""}`,
    };
  if (group === "published") {
    const [model, ...more] = head;
    return { head: [...wrap(model!, 12), ...more].join("\n"), write: plain };
  }
  if (kind === "p")
    return { head: `${lines} `, write: (cell) => `${plain(cell)}${hasMark(cell) ? "" : " "}` };
  return { head: lines, write: (cell) => `${plain(cell)}${room(cell)}` };
}

/** Three columns in one, each aligned over all rows: the value, the difference from it, and p. */
function comparisonLayout(head: readonly string[], cells: readonly Cell[]): Layout {
  const partsOf = (cell: Cell): readonly [string, string, string] => {
    if (cell.kind !== "comparison") return [plain(cell), "", ""];
    const { value, difference, p } = cell;
    const pPart = p === undefined ? "" : `${plain(p)}${hasMark(p) ? "" : " "}`;
    return [percentText(value), difference ? plain(difference) : "", pPart];
  };
  const heads = ["Value", "Diff.", "p "];
  const widths = heads.map((one, k) =>
    Math.max(one.length, ...cells.map((cell) => partsOf(cell)[k]!.length)),
  );
  const join = (parts: readonly string[]) => parts.map((part, k) => part.padStart(widths[k]!)).join(" ");
  const below = join(heads);
  const names = head.flatMap((name) => wrapName(name, below.length - 1));
  return {
    head: [...names.map((line) => `${line} `), below].join("\n"),
    write: (cell) => join(partsOf(cell)),
  };
}

function hasMark(cell: Cell): boolean {
  return "mark" in cell && cell.mark !== undefined;
}

function plain(cell: Cell): string {
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
      return percentText(cell.value);
    case "spread":
      return `${percentText(cell.mean)} ± ${percentText(cell.sd).padStart(4)}${cell.mark ? SIGNS[cell.mark] : ""}`;
    case "interval":
      return `[${percentText(cell.low)}, ${percentText(cell.high)}]`;
    case "difference":
      return signedText(cell.points);
    case "p":
      return `${pValue(cell.p)}${cell.mark ? SIGNS[cell.mark] : ""}`;
    case "comparison":
      return percentText(cell.value);
  }
}

type Painter = ReturnType<typeof painter>;

function painter(color: boolean) {
  const code = (on: number, off: number) => (text: string) => {
    if (!color || text === "") return text;
    return text.replace(/[^\n]+/g, (line) => `\u001b[${on}m${line}\u001b[${off}m`);
  };
  return { bold: code(1, 22), red: code(31, 39), dim: code(2, 22) };
}

interface Grid {
  readonly table: NeutralTable;
  readonly layouts: readonly Layout[];
  /** which columns */
  readonly at: readonly number[];
  readonly rows: readonly Row[];
}

/** Draws the rows twice: the first drawing finds the room that messages, which span all columns but one, may take. */
function grid({ table, layouts, at, rows }: Grid, paint: Painter) {
  const options = tableOptions(
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
  // One character between columns; what spans them leaves the padding at the end free.
  const width = widths.reduce((sum, one) => sum + one + 1, 0) - 1;
  const room = width - widths[0]! - 2;

  const drawn = new Table(options);
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
        wrap(`– ${messageOf(row)}`, room, "  ").join("\n"),
      );
      drawn.push([label, { content, colSpan: at.length - 1, hAlign: "left" }]);
    }
  }
  // Where a cell below spans columns, the library leaves gaps in the rule.
  const whole = drawn.toString().replace(/^─+$/m, "─".repeat(width));
  return { text: whole.replace(/ +$/gm, ""), width };
}

function tableOptions(head: string[], colAligns: ("left" | "right")[]) {
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
    // A rule below the head and nothing else: it reads as well in a file as on a screen.
    chars: { ...none, mid: "─", "mid-mid": "─", middle: " " },
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 1 },
  };
}
