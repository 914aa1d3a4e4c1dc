import { formatFraction, formatP, formatPercent, formatPoints } from "../numbers.js";
import { type Cell, type Column, describeMessage, type Mark, type Row, type Table } from "../table/index.js";
import { type Content, html, type Markup, minus } from "./markup.js";

export const SIGNS: Readonly<Record<Mark, string>> = {
  significant: "*",
  "same-tokens": "‡",
};

/** Columns under one heading. */
interface Group {
  readonly title: string;
  readonly kind: Column["group"];
  /** their indices in the table */
  readonly columns: number[];
}

/**
 * Renders a table of results, without its caption and notes. The columns that identify a row come first, with its number
 * of examples.
 * @param names short names of the models: the run's, then the baselines'
 */
export function renderTable({ columns, rows }: Table, names: readonly string[], name: string): Markup {
  const lead = columns.flatMap(({ role, kind }, k) => (role === "row" || kind === "count" ? [k] : []));
  const groups = groupColumns(columns, lead, names);
  const width = lead.length + groups.reduce((sum, group) => sum + getWidth(group, columns), 0);
  return scrolling(
    name,
    html`<table class="results">
<caption>${name}: values in percent</caption>
<thead>
<tr>${lead.map((k) => html`<th scope="col" rowspan="2" class="${columns[k]!.kind === "count" && "number"}">${columns[k]!.head}</th>`)}
${groups.map((group) => html`<th scope="colgroup" colspan="${getWidth(group, columns)}" class="group ${group.kind === "own" && "own"}">${group.title}</th>`)}</tr>
<tr>${groups.map((group) => group.columns.map((k, at) => renderHeadCells(columns[k]!, at === 0)))}</tr>
</thead>
<tbody>${rows.map((row, k) => renderRow(row, { columns, lead, groups, width, before: rows[k - 1] }))}</tbody>
</table>`,
  );
}

/** Groups the columns: the run's own, each baseline's, and all published ones. */
function groupColumns(
  columns: readonly Column[],
  lead: readonly number[],
  names: readonly string[],
): Group[] {
  const groups: Group[] = [];
  const others = names.slice(1);
  columns.forEach(({ group: kind }, k) => {
    if (lead.includes(k)) return;
    const last = groups.at(-1);
    if (last?.kind === kind && kind !== "baseline") last.columns.push(k);
    else {
      const title = kind === "own" ? names[0]! : kind === "baseline" ? others.shift()! : "Published";
      groups.push({ title, kind, columns: [k] });
    }
  });
  return groups;
}

/** Counts a group's columns. A comparison takes three, one for each of its values. */
function getWidth(group: Group, columns: readonly Column[]): number {
  return group.columns.reduce((sum, k) => sum + (columns[k]!.kind === "comparison" ? 3 : 1), 0);
}

function renderHeadCells({ head, kind }: Column, begins: boolean): Markup {
  const [first, ...more] = kind === "comparison" ? ["Value"] : head;
  const others = kind === "comparison" ? ["Diff.", "p"] : [];
  return html`<th scope="col" class="number ${begins && "begins"}">${first}${more.map((part) => html`<small>${part}</small>`)}</th>${others.map((one) => html`<th scope="col" class="number">${one}</th>`)}`;
}

interface RowContext {
  readonly columns: readonly Column[];
  readonly lead: readonly number[];
  readonly groups: readonly Group[];
  readonly width: number;
  readonly before: Row | undefined;
}

function renderRow(row: Row, { columns, lead, groups, width, before }: RowContext): Markup {
  if (row.kind === "section")
    return html`<tr class="first"><th scope="rowgroup" colspan="${width}">${row.label}</th></tr>`;
  if (row.kind === "message") {
    return html`<tr class="first"><th scope="row">${row.label}</th><td colspan="${width - 1}" class="message">${describeMessage(row)}</td></tr>`;
  }
  const { cells } = row;
  const getName = (one: Row | undefined) =>
    one?.kind === "values" ? plain(one.cells[lead[0]!]!) : undefined;
  return html`<tr class="${getName(row) !== getName(before) && "first"}">${lead.map((k, at) => {
    if (at === 0) return html`<th scope="row">${plain(cells[k]!)}</th>`;
    return columns[k]!.kind === "count"
      ? number(plain(cells[k]!), "count")
      : html`<td>${plain(cells[k]!)}</td>`;
  })}
${groups.map((group) =>
  group.columns.map((k, at) => {
    const { kind, role } = columns[k]!;
    const classes = [...(at === 0 ? ["begins"] : []), ...(role === "main" ? ["value"] : [])].join(" ");
    return kind === "comparison"
      ? comparisonCells(cells[k]!, classes)
      : number(kind === "spread" ? aligned(cells[k]!) : marked(cells[k]!), classes);
  }),
)}</tr>`;
}

function comparisonCells(cell: Cell, classes: string): Markup[] {
  const { difference = undefined, p = undefined } = cell.kind === "comparison" ? cell : {};
  return [
    number(plain(cell), classes),
    number(difference ? plain(difference) : ""),
    number(p ? marked(p) : ""),
  ];
}

/** Renders a mean with its deviation; a value without one gets the same space, for alignment. */
function aligned(cell: Cell): Content {
  if (cell.kind !== "spread") return html`${minus(plain(cell))} <span class="sd"></span>`;
  return html`${minus(formatPercent(cell.mean))} <span class="sd">± ${formatPercent(cell.sd)}</span>${renderMark(cell.mark && SIGNS[cell.mark])}`;
}

/** Renders a value with its mark; the space for a mark is always reserved, so that digits stay aligned. */
function marked(cell: Cell): Content {
  if (!("mark" in cell)) return plain(cell);
  return html`${minus(plain(cell))}${renderMark(cell.mark && SIGNS[cell.mark])}`;
}

export function renderMark(sign: Content): Markup {
  return html`<span class="mark">${sign}</span>`;
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
      return grouped(cell.count);
    case "value":
    case "comparison":
      return formatPercent(cell.value);
    case "spread":
      return `${formatPercent(cell.mean)} ± ${formatPercent(cell.sd)}`;
    case "interval":
      return `${formatPercent(cell.low)} to ${formatPercent(cell.high)}`;
    case "difference":
      return formatPoints(cell.points);
    case "p":
      return formatP(cell.p);
  }
}

/** Wraps content that may be wider than the page, and then scrolls separately, also by keyboard. */
export function scrolling(name: string, content: Content): Markup {
  return html`<div class="scroll" role="region" aria-label="${name}, table" tabindex="0">${content}</div>`;
}

/** Renders a cell of numbers; "–" if there is none. */
export function number(text: Content, kind = ""): Markup {
  const shown = typeof text === "string" ? minus(text) : (text ?? "–");
  return html`<td class="number ${kind}">${shown}</td>`;
}

/** Formats an interval of fractions in percent. */
export function intervalText({ low, high }: { low: number; high: number }): string {
  return `${formatFraction(low)} to ${formatFraction(high)}`;
}

/** Formats a count with thousands separators: 10,000. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}
