import { formatP, formatPercent, formatPoints } from "../numbers.js";
import { type Cell, type Column, describeMessage, type Mark, type Row, type Table } from "../table/index.js";

const SIGNS: Readonly<Record<Mark, string>> = { significant: "\\*", "same-tokens": "‡" };

/**
 * Formats a table as GitHub Markdown, with its caption above and its notes in a list below, without a trailing newline.
 *
 * @example
 * const results = await readResults(await readRun("runs/large"));
 * console.log(toMarkdown(resultsTable(results, { published: ["glm-large"] })));
 */
export function toMarkdown({ caption, columns, rows, notes }: Table): string {
  const heads = columns.flatMap(formatHeads);
  const rules = columns.flatMap((column) =>
    formatHeads(column).map(() => (column.kind === "text" ? ":---" : "---:")),
  );
  const { subject, facts, unit } = caption;
  const heading = `**${escapeMarkdown(subject)}**: ${escapeMarkdown(`${facts.join(", ")}; ${unit}`)}`;
  const lines = [heads, rules, ...rows.map((row) => formatRow(row, columns, heads.length))].map(
    (cells) => `| ${cells.join(" | ")} |`,
  );
  const list = notes.map(
    ({ mark, text }) =>
      `- ${mark === undefined ? "" : `${SIGNS[mark]} `}${escapeLineStart(escapeMarkdown(text))}`,
  );
  return [heading, "", ...lines, ...(list.length > 0 ? ["", ...list] : [])].join("\n");
}

/** Escapes a text so that Markdown shows it literally, within a line or a table cell. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]<>&|~#$]/g, "\\$&");
}

/** Escapes the start of an escaped text that would otherwise begin a list. */
function escapeLineStart(text: string): string {
  return text.replace(/^[-+]/, "\\$&").replace(/^(\d+)([.)])/, "$1\\$2");
}

/** Formats the heads of a column: three for a comparison, because each of its values has its own column. */
function formatHeads({ head, kind }: Column): string[] {
  const name = head.map(escapeMarkdown).join("<br>");
  return kind === "comparison" ? [`${name}<br>Value`, "Diff.", "p"] : [name];
}

function formatRow(row: Row, columns: readonly Column[], width: number): string[] {
  if (row.kind === "values")
    return row.cells.flatMap((cell, k) =>
      columns[k]!.kind === "comparison" ? formatComparison(cell) : [formatCell(cell)],
    );
  if (row.kind === "section")
    return [`**${escapeMarkdown(row.label)}**`, ...Array<string>(width - 1).fill("")];
  const cells = [escapeMarkdown(row.label), `– ${escapeMarkdown(describeMessage(row))}`];
  return [...cells, ...Array<string>(width - cells.length).fill("")];
}

function formatComparison(cell: Cell): string[] {
  if (cell.kind !== "comparison") return [formatCell(cell), "", ""];
  const { difference, p } = cell;
  return [formatCell(cell), difference ? formatCell(difference) : "", p ? formatCell(p) : ""];
}

function formatCell(cell: Cell): string {
  const sign = "mark" in cell && cell.mark !== undefined ? SIGNS[cell.mark] : "";
  switch (cell.kind) {
    case "blank":
      return "";
    case "absent":
      return "–";
    case "text":
      return escapeMarkdown(cell.text);
    case "count":
      return String(cell.count);
    case "value":
    case "comparison":
      return `${formatPercent(cell.value)}${sign}`;
    case "spread":
      return `${formatPercent(cell.mean)} ± ${formatPercent(cell.sd)}${sign}`;
    case "interval":
      return `[${formatPercent(cell.low)}, ${formatPercent(cell.high)}]`;
    case "difference":
      return formatPoints(cell.points);
    case "p":
      return `${escapeMarkdown(formatP(cell.p))}${sign}`;
  }
}
