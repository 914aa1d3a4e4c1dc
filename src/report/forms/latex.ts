import { percentText, pValue, signedText } from "../numbers.js";
import { type Cell, type Column, type Mark, messageOf, type Row, type Table } from "../table/index.js";
import { escapeLatex, unicodeFallbacks } from "./latex-text.js";

/** Signs beside a number take no room, so that digits stay below each other. */
const SIGNS: Readonly<Record<Mark, string>> = {
  significant: "*",
  "same-tokens": "\\textdaggerdbl",
};

/** Rows that a page holds; what is longer becomes several tables. */
const ROWS = 40;

/**
 * Tables as a LaTeX document by `booktabs` that compiles as it stands, each with its notes below; a newline at the end.
 *
 * @example
 * import { writeFile } from "node:fs/promises";
 * const results = await readResults(await readRun("runs/large"));
 * await writeFile("table.tex", latexOf([resultsTable(results, { published: [] })]));
 */
export function latexOf(tables: readonly Table[]): string {
  const body = tables.flatMap(tableLines);
  return [
    "\\documentclass{article}",
    "\\usepackage[margin=2cm]{geometry}",
    "\\usepackage{booktabs,graphicx}",
    "% pdfLaTeX alone: XeLaTeX and LuaLaTeX read Unicode by themselves",
    "\\ifdefined\\DeclareUnicodeCharacter",
    "\\usepackage[T1]{fontenc}",
    "\\IfFileExists{lmodern.sty}{\\usepackage{lmodern}}{}",
    ...unicodeFallbacks(body.join("\n")),
    "\\fi",
    "\\setlength{\\belowcaptionskip}{6pt}",
    "\\begin{document}",
    ...body,
    "\\end{document}",
    "",
  ].join("\n");
}

function tableLines({ caption, columns, rows, notes }: Table): string[] {
  const title = escapeLatex(`${caption.subject}: ${caption.facts.join(", ")}; ${caption.unit}.`);
  const pages = Math.max(1, Math.ceil(rows.length / ROWS));
  const floats = Array.from({ length: pages }, (_, k) => {
    const continued = k === 0 ? "" : " (continued)";
    return [
      "\\begin{table}[!htbp]",
      "\\centering",
      `\\caption[]{${title}${continued}}`,
      "\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%",
      ...tabular(columns, rows.slice(k * ROWS, (k + 1) * ROWS)),
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

function tabular(columns: readonly Column[], rows: readonly Row[]): string[] {
  const width = columns.reduce((sum, column) => sum + spanOf(column), 0);
  const shape = columns.map((column) => (column.kind === "text" ? "l" : "r").repeat(spanOf(column)));
  return [
    `\\begin{tabular}{${shape.join("")}}`,
    "\\toprule",
    ...headLines(columns),
    "\\midrule",
    ...rows.map((row) => `${cellsOf(row, columns, width).join(" & ")} \\\\`),
    "\\bottomrule",
    "\\end{tabular}%",
  ];
}

/** A comparison takes three columns below the model's name. */
function spanOf({ kind }: Column): number {
  return kind === "comparison" ? 3 : 1;
}

/** The lines of all heads, with the last part of each above the rule. */
function headLines(columns: readonly Column[]): string[] {
  const heads = columns.map((column) => {
    const parts = column.head.map(escapeLatex);
    if (column.kind !== "comparison") return parts;
    return [...parts.map((part) => `\\multicolumn{3}{c}{${part}}`), "Value & Diff. & $p$"];
  });
  const height = Math.max(...heads.map((parts) => parts.length));
  const lines = Array.from({ length: height }, (_, line) => {
    const cells = heads.map((parts, k) => {
      const part = parts[line - (height - parts.length)];
      return part ?? Array<string>(spanOf(columns[k]!)).fill("").join(" & ");
    });
    return `${cells.join(" & ")} \\\\`;
  });
  const rules = spansOf(columns).map(([from, to]) => `\\cmidrule(lr){${from}-${to}}`);
  return rules.length === 0 ? lines : lines.toSpliced(-1, 0, rules.join(" "));
}

/** First and last column of each comparison, from 1. */
function spansOf(columns: readonly Column[]): [number, number][] {
  let next = 1;
  return columns.flatMap((column): [number, number][] => {
    const from = next;
    next += spanOf(column);
    return column.kind === "comparison" ? [[from, next - 1]] : [];
  });
}

function cellsOf(row: Row, columns: readonly Column[], width: number): string[] {
  if (row.kind === "values")
    return row.cells.flatMap((cell, k) => {
      if (columns[k]!.kind !== "comparison") return [plain(cell, columns[k]!)];
      const { difference, p } = cell.kind === "comparison" ? cell : {};
      return [cell, difference, p].map((one) => (one === undefined ? "" : plain(one, columns[k]!)));
    });
  if (row.kind === "section") return [`\\multicolumn{${width}}{l}{\\textit{${escapeLatex(row.label)}}}`];
  const told = `\\multicolumn{${width - 1}}{p{8cm}}{\\raggedright -- ${escapeLatex(messageOf(row))}}`;
  return [escapeLatex(row.label), told];
}

function plain(cell: Cell, { kind }: Column): string {
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
      return `${number(percentText(cell.value))}${sign}${kind === "spread" ? "\\phantom{ $\\pm$ 00.0}" : ""}`;
    case "spread": {
      const sd = percentText(cell.sd);
      return `${number(percentText(cell.mean))} $\\pm$ ${sd.length < 4 ? "\\phantom{0}" : ""}${number(sd)}${sign}`;
    }
    case "interval":
      return `[${number(percentText(cell.low))}, ${number(percentText(cell.high))}]`;
    case "difference":
      return number(signedText(cell.points));
    case "p":
      return `${number(pValue(cell.p))}${sign}`;
  }
}

/** Signs in front of a number as mathematics has them. */
function number(text: string): string {
  return text.replace("–", "--").replace(/^[-+<]/, "$$$&$$");
}
