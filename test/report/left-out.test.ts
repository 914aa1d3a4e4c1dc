import { describe, expect, it } from "vitest";
import { formatComparison, renderTable, resultsTable, toCsv } from "../../src/report/index.js";
import { summarySentences } from "../../src/report/summary.js";
import { fromJson, toJson } from "../../src/results/index.js";
import { metric, run, task } from "./results.js";

const csvRows = (text: string) => {
  const [head, ...lines] = text
    .trim()
    .split("\r\n")
    .map((line) => line.split(","));
  return lines.map((line) => Object.fromEntries(head!.map((name, k) => [name, line[k]])));
};

describe("examples without a gold label", () => {
  const results = run([task("copa", [metric("accuracy", 5 / 7)], { examples: 8, unlabelled: 1 })]);

  it("are counted below the table, in the CSV and in results.json, and not in n", () => {
    const { notes, rows } = resultsTable(results, { published: [] });
    expect(notes.map(({ text }) => text)).toContain("Examples: COPA 1 of 8 without a gold label, left out.");
    expect(rows[0]).toMatchObject({ cells: expect.arrayContaining([{ kind: "count", count: 7 }]) });
    const [row] = csvRows(toCsv(results, { published: [] }));
    expect(row).toMatchObject({ n: "7", message: '"1 of 8 without a gold label' });
    expect(fromJson(toJson(results), "results.json").tasks[0]).toMatchObject({ examples: 8, unlabelled: 1 });
  });

  it("that are all of a task's are one line, however many patterns were asked", () => {
    const none = ["p0", "p1"].map((pattern) =>
      task("copa", [], {
        pattern,
        examples: 4,
        unlabelled: 4,
        message: "no gold labels; predictions in samples/",
      }),
    );
    const unlabelled = run(none);
    const { rows } = resultsTable(unlabelled, { published: [] });
    expect(rows).toEqual([
      {
        kind: "message",
        label: "COPA",
        status: "unlabelled",
        message: "no gold labels; predictions in samples/",
      },
    ]);
    expect(renderTable(unlabelled, { published: [] })).toContain("COPA  – no gold labels; predictions in");
    expect(summarySentences(unlabelled).at(-1)).toContain("only predictions (samples/) for COPA");
  });
});

it("examples that a baseline could not score are reported in the comparison", () => {
  const results = run([task("copa", [metric("accuracy", 0.5)], { examples: 8 })], {
    baselines: [
      {
        ...{ model: "other", family: "masked", protocol: "glm", status: "done", suites: [], comparisons: [] },
        tasks: [task("copa", [metric("accuracy", 0.5)], { examples: 6, skipped: 2 })],
      },
    ],
  });
  expect(renderTable(results, { published: [], width: 200 })).toContain(
    "other could not score 2 of 8 examples of COPA: they are left out.",
  );
  expect(formatComparison(results, "text")).toContain("other could not score 2 of 8 examples of COPA");
});
