import { describe, expect, it } from "vitest";
import { resultsTable, type Table } from "../../../src/report/index.js";
import { FULL, metric, run, TWO, task } from "../results.js";

/** Finds the cells of the first row that starts with these texts. */
function findCells(table: Table, ...texts: string[]) {
  const row = table.rows.find(
    (one) =>
      one.kind === "values" && texts.every((text, k) => JSON.stringify(one.cells[k]).includes(`"${text}"`)),
  );
  return row?.kind === "values" ? row.cells : [];
}

describe("resultsTable", () => {
  const table = resultsTable(TWO, { published: ["glm-large"], seconds: 3.1234 });

  it("states whose numbers each column has, in display order", () => {
    expect(table.columns.map(({ head, kind, role, group }) => [head[0], kind, role, group])).toEqual([
      ["Task", "text", "row", "own"],
      ["Metric", "text", "row", "own"],
      ["Value", "value", "main", "own"],
      ["95% CI", "interval", "detail", "own"],
      ["Majority", "value", "detail", "own"],
      ["hub-name-of/roberta-base", "comparison", "detail", "baseline"],
      ["t5-small", "comparison", "detail", "baseline"],
      ["GLM-Large", "value", "detail", "published"],
      ["n", "count", "detail", "own"],
    ]);
    expect(table.columns[7]!.head).toEqual(["GLM-Large", "fine-tuned", "dev set"]);
  });

  it("has every number in full precision, without padding", () => {
    const found = TWO.baselines[0]!.comparisons.find((one) => one.task === "boolq")!;
    expect(findCells(table, "BoolQ")).toEqual([
      { kind: "text", text: "BoolQ" },
      { kind: "text", text: "Acc." },
      { kind: "value", value: 100 * 0.62171 },
      { kind: "interval", low: 100 * (0.62171 - 0.05), high: 100 * (0.62171 + 0.04) },
      { kind: "value", value: 100 * 0.6217 },
      {
        kind: "comparison",
        value: 100 * (0.62171 - 0.0555),
        difference: { kind: "difference", points: 100 * found.difference },
        p: { kind: "p", p: 0.0345, mark: "significant" },
      },
      expect.objectContaining({ kind: "comparison" }),
      { kind: "value", value: 82.1 },
      { kind: "count", count: 3270 },
    ]);
    expect(findCells(table, "RTE")[7]).toEqual({ kind: "value", value: 74 });
    expect(table.caption).toEqual({
      subject: "glm-tiny",
      facts: ["protocol glm", "validation split", "3.1 s"],
      unit: "values in percent",
    });
  });

  it("distinguishes missing values from those that do not apply", () => {
    expect(findCells(table, "ReCoRD", "F1")[4]).toEqual({ kind: "absent" });
    expect(findCells(table, "SuperGLUE")[4]).toEqual({ kind: "blank" });
    const missing = run([task("rte", [], { status: "missing", message: "no\nfile" })]);
    expect(resultsTable(missing, { published: [] }).rows).toEqual([
      { kind: "message", label: "RTE", status: "missing", message: "no file" },
    ]);
  });

  it("has mean and standard deviation if a task ran with several patterns", () => {
    const several = ["p0", "p1"].map((pattern, k) =>
      task("rte", [metric("accuracy", 0.5 + k / 10)], { pattern }),
    );
    const cells = findCells(resultsTable(run([...several, FULL.tasks[0]!]), { published: [] }), "RTE");
    expect(cells[2]).toEqual({
      kind: "spread",
      mean: expect.closeTo(55, 10),
      sd: expect.closeTo(100 * Math.sqrt(0.005), 10),
    });
    expect(cells[3]).toEqual({ kind: "interval", low: 50, high: 60 });
    expect(cells[4]).toEqual({ kind: "absent" });
  });

  it("gives each note its kind, and the mark that it explains", () => {
    const kinds = table.notes.map(({ kind, mark }) => [kind, mark]);
    expect(kinds).toContainEqual(["baseline", undefined]);
    expect(kinds).toContainEqual(["comparison", "significant"]);
    expect(kinds).toContainEqual(["published", undefined]);
    for (const { text } of table.notes) expect(text).not.toMatch(/^[†*]|\n/);
  });

  it("names the calibration", () => {
    const calibrated = run([task("copa", [metric("accuracy", 0.5)], { calibration: "pmi" })]);
    expect(resultsTable(calibrated, { published: [] }).notes.map(({ text }) => text)).toContain(
      "Calibration: COPA pmi.",
    );
  });
});
