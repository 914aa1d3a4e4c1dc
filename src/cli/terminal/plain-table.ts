import Table from "cli-table3";

/** A table without a frame, a rule below its head: the form of the results' table. */
export function plainTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  rightAligned: readonly string[] = [],
): string {
  const sides = ["top", "bottom", "left", "right"].flatMap((side) =>
    side === "top" || side === "bottom"
      ? [side, `${side}-mid`, `${side}-left`, `${side}-right`]
      : [side, `${side}-mid`],
  );
  const table = new Table({
    head: [...head],
    colAligns: head.map((name) => (rightAligned.includes(name) ? "right" : "left")),
    chars: { ...Object.fromEntries(sides.map((side) => [side, ""])), mid: "─", "mid-mid": "─", middle: " " },
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 1 },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString().replace(/ +$/gm, "");
}
