import Table from "cli-table3";
import { wrap } from "../../wrap.js";

/** How a table is fitted to a terminal's width. */
export interface FitOptions {
  /** characters per line; default: as wide as the cells */
  readonly width?: number | undefined;
  /** columns whose cells may be wrapped; all headings may be */
  readonly wrapped?: readonly string[];
  /** columns that are omitted, starting with the first, if wrapping is not enough */
  readonly optional?: readonly string[];
}

/** Returns the terminal's width for `FitOptions`; undefined if stdout is not a terminal. */
export function terminalWidth(): number | undefined {
  return process.stdout.isTTY ? process.stdout.columns : undefined;
}

/** Wraps a paragraph to the terminal's width; the second and later lines are indented further. */
export function wrapParagraph(text: string, indent = "", width = terminalWidth()): string {
  if (width === undefined) return `${indent}${text}`;
  return wrap(text, width - indent.length, "  ")
    .map((line) => `${indent}${line}`)
    .join("\n");
}

/** Characters between two columns; the rule extends one character beyond the last. */
const GAP = 2;

/**
 * Formats a table without a frame, with a rule below its headings, like the table of results. In a narrow terminal cells are
 * wrapped and columns omitted; a line below the table lists those.
 */
export function plainTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  rightAligned: readonly string[] = [],
  { width, wrapped = [], optional = [] }: FitOptions = {},
): string {
  if (width === undefined) return drawTable(head, rows, rightAligned);
  const cells = [head, ...rows];
  const widest = (k: number, of: readonly (readonly string[])[]) =>
    Math.max(0, ...of.map((row) => [...row[k]!].length));
  const longestWord = (k: number, of: readonly (readonly string[])[]) =>
    Math.max(0, ...of.flatMap((row) => row[k]!.split(" ").map((word) => [...word].length)));
  const least = head.map((name, k) =>
    wrapped.includes(name) ? longestWord(k, cells) : Math.max(longestWord(k, [head]), widest(k, rows)),
  );
  const sum = (widths: readonly number[], at: readonly number[]) =>
    at.reduce((total, k) => total + widths[k]!, GAP * (at.length - 1) + 1);
  let shown = [...head.keys()];
  for (const name of optional) if (sum(least, shown) > width) shown = shown.filter((k) => head[k] !== name);
  const natural = head.map((_, k) => widest(k, cells));
  const isTight = sum(natural, shown) > width;
  // Headings are wrapped before cells.
  const widths = natural.map((most, k) => (isTight && !wrapped.includes(head[k]!) ? least[k]! : most));
  // The widest column that can be narrowed is narrowed first.
  for (let over = sum(widths, shown) - width; over > 0; over--) {
    const [first] = shown.filter((k) => widths[k]! > least[k]!).sort((a, b) => widths[b]! - widths[a]!);
    if (first === undefined) break;
    widths[first]!--;
  }
  const setRow = (row: readonly string[]) => shown.map((k) => wrap(row[k]!, widths[k]!).join("\n"));
  const table = drawTable(
    setRow(head),
    rows.map(setRow),
    shown.flatMap((k, i) => (rightAligned.includes(head[k]!) ? [i] : [])),
  );
  const left = head.filter((_, k) => !shown.includes(k));
  return left.length === 0 ? table : `${table}\ncolumns hidden in this narrow terminal: ${left.join(", ")}`;
}

function drawTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  rightAligned: readonly (string | number)[],
): string {
  const sides = ["top", "bottom", "left", "right"].flatMap((side) =>
    side === "top" || side === "bottom"
      ? [side, `${side}-mid`, `${side}-left`, `${side}-right`]
      : [side, `${side}-mid`],
  );
  const table = new Table({
    head: [...head],
    colAligns: head.map((name, k) =>
      rightAligned.includes(name) || rightAligned.includes(k) ? "right" : "left",
    ),
    chars: { ...Object.fromEntries(sides.map((side) => [side, ""])), mid: "─", "mid-mid": "─", middle: " " },
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 1 },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString().replace(/ +$/gm, "");
}
