import { percentText, pValue, signedText } from "../numbers.js";
import { type Cell, type Column, type Mark, messageOf, type Row, type Table } from "../table/index.js";

const SIGNS: Readonly<Record<Mark, string>> = { significant: "\\*", "same-tokens": "‡" };

/**
 * A table as GitHub's Markdown has it, its caption above it and its notes in a list below, without trailing newline.
 *
 * @example
 * const results = await readResults(await readRun("runs/large"));
 * console.log(markdownOf(resultsTable(results, { published: ["glm-large"] })));
 */
export function markdownOf({ caption, columns, rows, notes }: Table): string {
  const heads = columns.flatMap(headsOf);
  const rules = columns.flatMap((column) =>
    headsOf(column).map(() => (column.kind === "text" ? ":---" : "---:")),
  );
  const { subject, facts, unit } = caption;
  const heading = `**${escapeMarkdown(subject)}**: ${escapeMarkdown(`${facts.join(", ")}; ${unit}`)}`;
  const lines = [heads, rules, ...rows.map((row) => cellsOf(row, columns, heads.length))].map(
    (cells) => `| ${cells.join(" | ")} |`,
  );
  const list = notes.map(
    ({ mark, text }) => `- ${mark === undefined ? "" : `${SIGNS[mark]} `}${lineStart(escapeMarkdown(text))}`,
  );
  return [heading, "", ...lines, ...(list.length > 0 ? ["", ...list] : [])].join("\n");
}

/** The text so that Markdown shows it as it is, within a line or a table's cell. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]<>&|~#$]/g, "\\$&");
}

/** An escaped text so that it begins no list either. */
function lineStart(text: string): string {
  return text.replace(/^[-+]/, "\\$&").replace(/^(\d+)([.)])/, "$1\\$2");
}

/** A comparison takes three columns, as everything in it is read by itself. */
function headsOf({ head, kind }: Column): string[] {
  const name = head.map(escapeMarkdown).join("<br>");
  return kind === "comparison" ? [`${name}<br>Value`, "Diff.", "p"] : [name];
}

function cellsOf(row: Row, columns: readonly Column[], width: number): string[] {
  if (row.kind === "values")
    return row.cells.flatMap((cell, k) =>
      columns[k]!.kind === "comparison" ? comparisonCells(cell) : [plain(cell)],
    );
  if (row.kind === "section")
    return [`**${escapeMarkdown(row.label)}**`, ...Array<string>(width - 1).fill("")];
  const told = [escapeMarkdown(row.label), `– ${escapeMarkdown(messageOf(row))}`];
  return [...told, ...Array<string>(width - told.length).fill("")];
}

function comparisonCells(cell: Cell): string[] {
  if (cell.kind !== "comparison") return [plain(cell), "", ""];
  const { difference, p } = cell;
  return [plain(cell), difference ? plain(difference) : "", p ? plain(p) : ""];
}

function plain(cell: Cell): string {
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
      return `${percentText(cell.value)}${sign}`;
    case "spread":
      return `${percentText(cell.mean)} ± ${percentText(cell.sd)}${sign}`;
    case "interval":
      return `[${percentText(cell.low)}, ${percentText(cell.high)}]`;
    case "difference":
      return signedText(cell.points);
    case "p":
      return `${escapeMarkdown(pValue(cell.p))}${sign}`;
  }
}
