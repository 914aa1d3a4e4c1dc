import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { goldTexts, loadTask } from "../../src/tasks/index.js";
import { catchError, folders, jsonLines, metricsLine } from "./helpers.js";

const folder = folders();

/** Loads a task with these lines, with these rows. */
async function load(lines: string, rows: readonly unknown[], file = "rows.jsonl") {
  const root = folder({
    "task.yaml": `task: t\ntitle: T\ndata: { validation: ${file} }\n${metricsLine(lines)}\n${lines}\n`,
    [file]: file.endsWith(".csv")
      ? `label\n${rows.map(String).join("\n")}\n`
      : jsonLines(rows.map((label) => (typeof label === "object" && label !== null ? label : { label }))),
  });
  const task = await loadTask(join(root, "task.yaml"));
  const { examples } = await task.load({ root });
  return { task, examples };
}
const verbalized = (labels: string) =>
  `label: label\nlabels: ${labels}\npatterns: [{ id: p0, text: "[MASK]", choices: [a, b], answers: [x] }]`;
const three = (labels: string) =>
  `label: label\nlabels: ${labels}\npatterns: [{ id: p0, text: "[MASK]", answers: [x, y, z] }]`;
const readLabels = async (lines: string, rows: readonly unknown[], file?: string) =>
  (await load(lines, rows, file)).examples.map(({ label }) => label);

describe("a gold label", () => {
  it.each([
    ["[0, 1]", [1, 1.0, "1", "1.0", " 01 ", true, "True", "TRUE"], "1"],
    ["[false, true]", [true, "true", "True", 1, 1.0, "1", "1.0"], "true"],
    ['["no", "yes"]', ["yes"], "yes"],
    ["[-1, 1]", [-1, "-1", "-1.0"], "-1"],
    ["[0.5, 1.5]", [0.5, "0.50"], "0.5"],
  ])("of %s: all of %j are %s", async (labels, rows, label) => {
    expect(await readLabels(verbalized(labels), rows)).toEqual(rows.map(() => label));
  });

  it("is read from a table as from JSON", async () => {
    expect(await readLabels(verbalized("[0, 1]"), ["1", "0.0", "True", "False"], "rows.csv")).toEqual([
      "1",
      "0",
      "1",
      "0",
    ]);
  });

  it("is the exact text if there is such a label, before any other notation of it", async () => {
    expect(await readLabels(three('["1", "01", "true"]'), ["01", 1, "true"])).toEqual(["01", "1", "true"]);
    expect(await readLabels(three('["True", "true", "other"]'), ["true", "True"])).toEqual(["true", "True"]);
  });

  it.each([
    ["[0, 1, 2]", true],
    ['["1", "01", "x"]', "1.0"],
    ["[0, 1]", "yes"],
    ["[a, b]", "A"],
    ["[0, 1]", "1e0"],
  ])("of %s is not %j", async (labels, value) => {
    const lines = labels.split(",").length === 3 ? three(labels) : verbalized(labels);
    const error = await catchError(() => load(lines, [value]));
    expect(error.message).toContain(`rows.jsonl:1: found label "${value}" in column "label"`);
  });

  it.each([
    ["a text", verbalized("[neg, pos]")],
    ["a number", verbalized("[0, 1]")],
    ["an index", `${verbalized("[neg, pos]")}\nlabel_is: index`],
  ])("that is %s may be missing: null, no column, an empty field, −1", async (_, lines) => {
    const rows = [null, {}, "", "  ", -1, "-1", "-1.0"];
    expect(await readLabels(lines, rows)).toEqual(rows.map(() => undefined));
  });

  it("is the same in another Unicode form", async () => {
    const composed = "n\u00e9gatif";
    const lines = verbalized(`["${composed}", positif]`);
    expect(await readLabels(lines, ["ne\u0301gatif", composed, "positif"])).toEqual([
      composed,
      composed,
      "positif",
    ]);
    const error = await catchError(() => load(verbalized(`["${composed}", "ne\u0301gatif"]`), [composed]));
    expect(error.code).toBe("duplicate-label");
    expect(error.hint).toBe("the first has U+00E9, the second U+0065 U+0301");
  });

  it("that is another number is not taken for a typo, but may be an index", async () => {
    const far = await catchError(() => load(three("[1, 2, 3]"), [-2]));
    expect(far.hint).toBe("The task's labels are: 1, 2, 3");
    const inRange = await catchError(() => load(verbalized("[neg, pos]"), [1]));
    expect(inRange.hint).toBe(
      "The task's labels are: neg, pos; add label_is: index if the column holds their indices from 0",
    );
  });

  it("may be the index of a label", async () => {
    const lines = `${three("[entailment, neutral, contradiction]")}\nlabel_is: index`;
    expect(await readLabels(lines, [0, 2, "1", 1.0, -1])).toEqual([
      "entailment",
      "contradiction",
      "neutral",
      "neutral",
      undefined,
    ]);
    for (const value of [3, 0.5, "two", true, -2]) {
      const error = await catchError(() => load(lines, [value]));
      expect(error.message).toContain(
        `rows.jsonl:1: found ${JSON.stringify(value)} in column "label"; expected a whole number from 0 to 2`,
      );
    }
  });
});

describe("a gold answer, if the task has no labels", () => {
  const lines = 'label: right\npatterns: [{ id: p0, text: "[MASK]", answers_from: options }]';
  const gold = async (lines: string, rows: readonly unknown[]) => {
    const { task, examples } = await load(lines, rows);
    return examples.map((example) => goldTexts(example, task.patterns[0]!.question(example).clozes));
  };

  it("is a text, or a list of texts that are all correct; numbers are read as texts", async () => {
    expect(
      await gold(lines, [
        { options: ["a", "b"], right: "b" },
        { options: ["a", "b"], right: ["b", "c"] },
        { options: [3, 5.5, true], right: 3 },
        { options: ["a"] },
        { options: ["a"], right: [] },
        { options: ["a"], right: ["", null] },
        { options: ["-1", "1"], right: -1 },
      ]),
    ).toEqual([["b"], ["b", "c"], ["3"], undefined, undefined, undefined, ["-1"]]);
  });

  it("may be the index of an answer", async () => {
    const indexed = `${lines}\nlabel_is: index`;
    expect(
      await gold(indexed, [
        { options: ["a", "b"], right: 1 },
        { options: ["a", "b", "c"], right: "2" },
      ]),
    ).toEqual([["b"], ["c"]]);
    const error = await catchError(() => gold(indexed, [{ options: ["a", "b"], right: 2 }]));
    expect(error.message).toContain("the gold answer has index 2, but there are only 2 answers (example 0)");
  });
});
