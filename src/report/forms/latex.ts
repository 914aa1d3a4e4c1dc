import { formatP, formatPercent, formatPoints } from "../numbers.js";
import { type Cell, type Column, describeMessage, type Mark, type Row, type Table } from "../table/index.js";
import { escapeLatex, makeUnicodeFallbacks } from "./latex-text.js";

/** Signs next to a number take no width, so that digits stay aligned. */
const SIGNS: Readonly<Record<Mark, string>> = {
  significant: "*",
  "same-tokens": "\\textdaggerdbl",
};

/** Rows per page; longer tables are split. */
const ROWS = 40;

/**
 * Formats tables as a complete LaTeX document with `booktabs`, each table with its notes below; ends with a newline.
 *
 * @example
 * import { writeFile } from "node:fs/promises";
 * const results = await readResults(await readRun("runs/large"));
 * await writeFile("table.tex", toLatex([resultsTable(results, { published: [] })]));
 */
export function toLatex(tables: readonly Table[]): string {
  const body = tables.flatMap(renderLines);
  return [
    "\\documentclass{article}",
    "\\usepackage[margin=2cm]{geometry}",
    "\\usepackage{booktabs,graphicx}",
    "% only for pdfLaTeX: XeLaTeX and LuaLaTeX read Unicode natively",
    "\\ifdefined\\DeclareUnicodeCharacter",
    "\\usepackage[T1]{fontenc}",
    "\\IfFileExists{lmodern.sty}{\\usepackage{lmodern}}{}",
    ...makeUnicodeFallbacks(body.join("\n")),
    "\\fi",
    "\\setlength{\\belowcaptionskip}{6pt}",
    "\\begin{document}",
    ...body,
    "\\end{document}",
    "",
  ].join("\n");
}

function renderLines({ caption, columns, rows, notes }: Table): string[] {
  const title = escapeLatex(`${caption.subject}: ${caption.facts.join(", ")}; ${caption.unit}.`);
  const pages = Math.max(1, Math.ceil(rows.length / ROWS));
  const floats = Array.from({ length: pages }, (_, k) => {
    const continued = k === 0 ? "" : " (continued)";
    return [
      "\\begin{table}[!htbp]",
      "\\centering",
      `\\caption[]{${title}${continued}}`,
      "\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%",
      ...renderTabular(columns, rows.slice(k * ROWS, (k + 1) * ROWS)),
      "}",
      "\\end{table}",
    ];
  }).flat();
  const below = notes.map(({ mark, text }) => {
    const sign = mark === undefined ? "" : `\\textsuperscript{${SIGNS[mark]}} `;
    return `\\noindent ${sign}${escapeLatex(text)}\\par`;
  });
  return below.length === 0 ? floats : [...floats, "{\\footnotesize\\raggedright", ...below, "}"];
}

function renderTabular(columns: readonly Column[], rows: readonly Row[]): string[] {
  const width = columns.reduce((sum, column) => sum + countSubcolumns(column), 0);
  const shape = columns.map((column) => (column.kind === "text" ? "l" : "r").repeat(countSubcolumns(column)));
  return [
    `\\begin{tabular}{${shape.join("")}}`,
    "\\toprule",
    ...renderHeads(columns),
    "\\midrule",
    ...rows.map((row) => `${formatRow(row, columns, width).join(" & ")} \\\\`),
    "\\bottomrule",
    "\\end{tabular}%",
  ];
}

/** Counts the columns below a head: a comparison has three below the model's name. */
function countSubcolumns({ kind }: Column): number {
  return kind === "comparison" ? 3 : 1;
}

/** Renders the lines of all heads, with the last line of each just above the rule. */
function renderHeads(columns: readonly Column[]): string[] {
  const heads = columns.map((column) => {
    const parts = column.head.map(escapeLatex);
    if (column.kind !== "comparison") return parts;
    return [...parts.map((part) => `\\multicolumn{3}{c}{${part}}`), "Value & Diff. & $p$"];
  });
  const height = Math.max(...heads.map((parts) => parts.length));
  const lines = Array.from({ length: height }, (_, line) => {
    const cells = heads.map((parts, k) => {
      const part = parts[line - (height - parts.length)];
      return part ?? Array<string>(countSubcolumns(columns[k]!)).fill("").join(" & ");
    });
    return `${cells.join(" & ")} \\\\`;
  });
  const rules = findComparisonSpans(columns).map(([from, to]) => `\\cmidrule(lr){${from}-${to}}`);
  return rules.length === 0 ? lines : lines.toSpliced(-1, 0, rules.join(" "));
}

/** Finds the first and last column of each comparison, counted from 1. */
function findComparisonSpans(columns: readonly Column[]): [number, number][] {
  let next = 1;
  return columns.flatMap((column): [number, number][] => {
    const from = next;
    next += countSubcolumns(column);
    return column.kind === "comparison" ? [[from, next - 1]] : [];
  });
}

function formatRow(row: Row, columns: readonly Column[], width: number): string[] {
  if (row.kind === "values")
    return row.cells.flatMap((cell, k) => {
      if (columns[k]!.kind !== "comparison") return [formatCell(cell, columns[k]!)];
      const { difference, p } = cell.kind === "comparison" ? cell : {};
      return [cell, difference, p].map((one) => (one === undefined ? "" : formatCell(one, columns[k]!)));
    });
  if (row.kind === "section") return [`\\multicolumn{${width}}{l}{\\textit{${escapeLatex(row.label)}}}`];
  const reason = `\\multicolumn{${width - 1}}{p{8cm}}{\\raggedright -- ${escapeLatex(describeMessage(row))}}`;
  return [escapeLatex(row.label), reason];
}

function formatCell(cell: Cell, { kind }: Column): string {
  const sign =
    "mark" in cell && cell.mark !== undefined ? `\\rlap{\\textsuperscript{${SIGNS[cell.mark]}}}` : "";
  switch (cell.kind) {
    case "blank":
      return "";
    case "absent":
      return "--";
    case "text":
      return escapeLatex(cell.text);
    case "count":
      return String(cell.count);
    case "value":
    case "comparison":
      return `${formatNumber(formatPercent(cell.value))}${sign}${kind === "spread" ? "\\phantom{ $\\pm$ 00.0}" : ""}`;
    case "spread": {
      const sd = formatPercent(cell.sd);
      return `${formatNumber(formatPercent(cell.mean))} $\\pm$ ${sd.length < 4 ? "\\phantom{0}" : ""}${formatNumber(sd)}${sign}`;
    }
    case "interval":
      return `[${formatNumber(formatPercent(cell.low))}, ${formatNumber(formatPercent(cell.high))}]`;
    case "difference":
      return formatNumber(formatPoints(cell.points));
    case "p":
      return `${formatNumber(formatP(cell.p))}${sign}`;
  }
}

/** Typesets the sign of a number in math mode. */
function formatNumber(text: string): string {
  return text.replace("–", "--").replace(/^[-+<]/, "$$$&$$");
}
