import { type ReportCell, type ReportColumn, type RunResults, resultsTable } from "glm-eval";

/** A custom report: one line per value, with the published values next to it. */
export function definitionList(results: RunResults, published: readonly string[]): string {
  const { columns, rows, notes } = resultsTable(results, { published });
  const lines = rows.flatMap((row) => {
    if (row.kind === "section") return [row.label];
    if (row.kind === "message") return [`${row.label}: ${row.message ?? row.status}`];
    const shown = row.cells.map((cell, k) => ({ text: formatCell(cell), column: columns[k]! }));
    const name = shown.filter(({ column }) => column.role === "row").map(({ text }) => text);
    const isShown = ({ role, group }: ReportColumn) => role === "main" || group !== "own";
    const values = shown.filter(({ column, text }) => isShown(column) && text !== "");
    return [
      `${name.join(" ")}: ${values.map(({ column, text }) => `${column.head.join(" ")} ${text}`).join("; ")}`,
    ];
  });
  return [...lines, ...notes.map(({ text }) => `(${text})`)].join("\n");
}

/** Numbers are in percent and not rounded: the report chooses the number of digits. */
function formatCell(cell: ReportCell): string {
  switch (cell.kind) {
    case "blank":
      return "";
    case "absent":
      return "none";
    case "text":
      return cell.text;
    case "count":
      return String(cell.count);
    case "value":
      return cell.value.toFixed(1);
    case "spread":
      return `${cell.mean.toFixed(1)} ± ${cell.sd.toFixed(1)}`;
    case "interval":
      return `${cell.low.toFixed(1)} to ${cell.high.toFixed(1)}`;
    case "difference":
      return `${cell.points.toFixed(1)} points`;
    case "p":
      return `p = ${cell.p.toFixed(3)}`;
    case "comparison":
      return [
        cell.value.toFixed(1),
        ...[cell.difference, cell.p].flatMap((each) => (each ? formatCell(each) : [])),
      ].join(", ");
  }
}
