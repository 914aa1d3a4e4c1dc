import { percent, percentText, pValue, signedText } from "../numbers.js";
import { type Cell, type Column, type Mark, messageOf, type Row, type Table } from "../table/index.js";
import { type Content, html, type Markup, minus } from "./markup.js";

export const SIGNS: Readonly<Record<Mark, string>> = { unverified: "†", significant: "*" };

/** Columns under one heading. */
interface Group {
  readonly title: string;
  readonly kind: Column["group"];
  /** their places in the table */
  readonly columns: number[];
}

/**
 * A table of results, without its caption and notes. What names a row stands first, with its number of examples.
 * @param names of the models, short: the run's, then the baselines'
 */
export function tableMarkup({ columns, rows }: Table, names: readonly string[], name: string): Markup {
  const lead = columns.flatMap(({ role, kind }, k) => (role === "row" || kind === "count" ? [k] : []));
  const groups = groupsOf(columns, lead, names);
  const width = lead.length + groups.reduce((sum, group) => sum + widthOf(group, columns), 0);
  return scrolling(
    name,
    html`<table class="results">
<caption>${name}: values in percent</caption>
<thead>
<tr>${lead.map((k) => html`<th scope="col" rowspan="2" class="${columns[k]!.kind === "count" && "number"}">${columns[k]!.head}</th>`)}
${groups.map((group) => html`<th scope="colgroup" colspan="${widthOf(group, columns)}" class="group ${group.kind === "own" && "own"}">${group.title}</th>`)}</tr>
<tr>${groups.map((group) => group.columns.map((k, at) => headCells(columns[k]!, at === 0)))}</tr>
</thead>
<tbody>${rows.map((row, k) => rowMarkup(row, { columns, lead, groups, width, before: rows[k - 1] }))}</tbody>
</table>`,
  );
}

/** The run's own columns, each baseline's, and all that is published. */
function groupsOf(columns: readonly Column[], lead: readonly number[], names: readonly string[]): Group[] {
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

/** A comparison takes three columns, as everything in it is read by itself. */
function widthOf(group: Group, columns: readonly Column[]): number {
  return group.columns.reduce((sum, k) => sum + (columns[k]!.kind === "comparison" ? 3 : 1), 0);
}

function headCells({ head, kind }: Column, begins: boolean): Markup {
  const [first, ...more] = kind === "comparison" ? ["Value"] : head;
  const others = kind === "comparison" ? ["Diff.", "p"] : [];
  return html`<th scope="col" class="number ${begins && "begins"}">${first}${more.map((part) => html`<small>${part}</small>`)}</th>${others.map((one) => html`<th scope="col" class="number">${one}</th>`)}`;
}

interface Place {
  readonly columns: readonly Column[];
  readonly lead: readonly number[];
  readonly groups: readonly Group[];
  readonly width: number;
  readonly before: Row | undefined;
}

function rowMarkup(row: Row, { columns, lead, groups, width, before }: Place): Markup {
  if (row.kind === "section")
    return html`<tr class="first"><th scope="rowgroup" colspan="${width}">${row.label}</th></tr>`;
  if (row.kind === "message") {
    return html`<tr class="first"><th scope="row">${row.label}</th><td colspan="${width - 1}" class="message">${messageOf(row)}</td></tr>`;
  }
  const { cells } = row;
  const named = (of: Row | undefined) => (of?.kind === "values" ? plain(of.cells[lead[0]!]!) : undefined);
  return html`<tr class="${named(row) !== named(before) && "first"}">${lead.map((k, at) => {
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

/** A mean with its deviation, whose room is there also beside a value without one. */
function aligned(cell: Cell): Content {
  if (cell.kind !== "spread") return html`${minus(plain(cell))} <span class="sd"></span>`;
  return html`${minus(percentText(cell.mean))} <span class="sd">± ${percentText(cell.sd)}</span>`;
}

/** With its sign, whose room is there also without it, so that digits stay below each other. */
function marked(cell: Cell): Content {
  if (!("mark" in cell)) return plain(cell);
  return html`${minus(plain(cell))}${markOf(cell.mark && SIGNS[cell.mark])}`;
}

export function markOf(sign: Content): Markup {
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
      return percentText(cell.value);
    case "spread":
      return `${percentText(cell.mean)} ± ${percentText(cell.sd)}`;
    case "interval":
      return `${percentText(cell.low)} to ${percentText(cell.high)}`;
    case "difference":
      return signedText(cell.points);
    case "p":
      return pValue(cell.p);
  }
}

/** What may be wider than the page, and then scrolls by itself, also by keyboard. */
export function scrolling(name: string, content: Content): Markup {
  return html`<div class="scroll" role="region" aria-label="${name}, table" tabindex="0">${content}</div>`;
}

/** A cell of numbers as they are set; "–" where there is none. */
export function number(text: Content, kind = ""): Markup {
  const shown = typeof text === "string" ? minus(text) : (text ?? "–");
  return html`<td class="number ${kind}">${shown}</td>`;
}

/** @param of fractions */
export function intervalText(of: { low: number; high: number }): string {
  return `${percent(of.low)} to ${percent(of.high)}`;
}

/** 10,000 */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}
