import { describe, expect, it } from "vitest";
import { format, resultsTable, summarySentences } from "../../../src/report/index.js";
import { fromJson, type Limited, type RunResults, toJson } from "../../../src/results/index.js";
import { metric, run, task } from "../results.js";

const accuracy = [metric("accuracy", 0.5)];
const limited = (name: string, limit?: Limited) => task(name, accuracy, limit && { limited: limit });
const findNote = (results: RunResults, published: string[] = []) =>
  resultsTable(results, { published }).notes.find(({ text }) => text.startsWith("Limit: "))?.text;

describe("the note about a limit", () => {
  it.each<[string, Limited]>([
    ["the first 10 examples of each task", { limit: 10, by: "first" }],
    ["the first 1 example of each task", { limit: 1, by: "first" }],
    ["the first 10% of each task", { limit: 0.1, by: "first" }],
    ["10 examples of each task, drawn at random (seed 3)", { limit: 10, by: "random", seed: 3 }],
    [
      "2.5% of each task, drawn at random, stratified by gold label (seed 0)",
      { limit: 0.025, by: "stratified", seed: 0 },
    ],
  ])("reads: %s", (text, limit) => {
    const results = run([limited("rte", limit), limited("weather", limit)]);
    expect(findNote(results)).toBe(
      `Limit: ${text}; not comparable with published values, which are on the full sets.`,
    );
    expect(findNote(results, ["bert-large"])).toContain("; not comparable with the published columns");
    expect(summarySentences(results)[1]).toContain(text);
    expect(fromJson(toJson(results), "results.json")).toEqual(results);
  });

  it("names the tasks if only some were limited, and is absent if none was", () => {
    expect(findNote(run([limited("rte"), limited("wic", { limit: 50, by: "first" })]))).toContain(
      "Limit: the first 50 examples of WiC; ",
    );
    expect(findNote(run([limited("rte")]))).toBeUndefined();
  });

  it.each(["text", "markdown", "latex", "html"] as const)("appears in %s", async (form) => {
    const results = run([limited("rte", { limit: 10, by: "first" })]);
    const written = await format(results, form, { published: [], samples: new Map() });
    expect(String(written).replace(/\s+/g, " ")).toContain("the first 10 examples of each task");
  });
});

describe("a row whose answers the model cannot distinguish", () => {
  const results = run([
    task("mood", accuracy, { sameTokens: 100 }),
    task("rte", [metric("accuracy", 0.6)], { pattern: "p0" }),
    task("rte", [metric("accuracy", 0.7)], { pattern: "p1", sameTokens: 4 }),
  ]);

  it("has a mark explained by a note, even if it combines several patterns", () => {
    const { rows, notes } = resultsTable(results, { published: [] });
    const marks = rows.map(
      (row) => row.kind === "values" && row.cells.map((cell) => "mark" in cell && cell.mark),
    );
    expect(marks.map((rowMarks) => Array.isArray(rowMarks) && rowMarks.includes("same-tokens"))).toEqual([
      true,
      true,
    ]);
    expect(notes.find(({ mark }) => mark === "same-tokens")?.text).toMatch(
      /: mood 100 of 100, RTE p1 4 of 100\.$/,
    );
    expect(fromJson(toJson(results), "results.json")).toEqual(results);
  });

  it.each([
    ["text", "50.0‡"],
    ["markdown", "50.0‡"],
    ["latex", "50.0\\rlap{\\textsuperscript{\\textdaggerdbl}}"],
    ["html", ">‡</span>"],
  ] as const)("is marked in %s", async (form, mark) => {
    const written = String(await format(results, form, { published: [], samples: new Map() }));
    expect(written).toContain(mark);
  });

  it("is noted for a baseline too, whose columns have no room for marks", () => {
    const { model: _, ...other } = run([task("mood", accuracy, { sameTokens: 7 })]);
    const baseline = { ...other, model: "bert", status: "done" as const, comparisons: [] };
    const { notes } = resultsTable(run([task("mood", accuracy)], { baselines: [baseline] }), {
      published: [],
    });
    expect(notes.find(({ text }) => text.includes("mood 7 of 100"))?.text).toMatch(/^bert: /);
  });
});
