import { describe, expect, it } from "vitest";
import { metricNames } from "../../src/metrics/index.js";
import { listPublished, publishedRow, publishedValue } from "../../src/report/index.js";
import { parsePublished } from "../../src/report/published.js";

const SUPERGLUE_TASKS = ["boolq", "cb", "copa", "multirc", "record", "rte", "wic", "wsc"];

/** The mean of a row's eight task means, exactly: values have at most two decimals, tasks at most two metrics. */
function mean(id: string): number | null {
  const row = publishedRow(id);
  let sum = 0;
  for (const task of SUPERGLUE_TASKS) {
    const values = [...(row.cells.get(task)?.values() ?? [])].map(({ percent }) => Math.round(100 * percent));
    if (values.length === 0) return null;
    sum += values.reduce((a, b) => a + b, 0) * (2 / values.length);
  }
  return sum / (2 * 100 * SUPERGLUE_TASKS.length);
}

describe("published results", () => {
  const rows = listPublished();

  it("have tasks and metrics of ours, and values for both metrics of a task in the right order", () => {
    const metrics = new Set(metricNames());
    for (const row of rows) {
      for (const [task, cells] of row.cells) {
        expect([...SUPERGLUE_TASKS, "axb", "axg"]).toContain(task);
        for (const name of cells.keys()) expect(metrics).toContain(name);
      }
      // Exact match asks for more than its companion everywhere, so swapped columns would show here.
      const of = (task: string, metric: string) => publishedValue(row, task, metric)?.percent;
      // GLaM's rows have accuracy alone.
      if (of("record", "token_f1") !== undefined) {
        expect(of("record", "token_f1")).toBeGreaterThan(of("record", "exact_match")!);
      }
      if (row.id !== "cbow-test" && of("multirc", "em") !== undefined) {
        expect(of("multirc", "f1a")).toBeGreaterThan(of("multirc", "em")!);
      }
    }
  });

  // The average as printed is off by up to 0.05 (one decimal; 0.0001 for floats). A cell that is wrong by 1.0 moves the
  // mean by 0.06 (two metrics) or 0.125.
  const whole = rows.filter((row) => row.average !== null && mean(row.id) !== null);
  /** Rows whose source prints another average than their cells have, and what the latter is. */
  const exceptions: Readonly<Record<string, number>> = {
    "glm-sent": 77.275,
    "glm-large-classifier": 69.875,
    "cbow-test": 44.45,
    // Averaged before the cells were rounded.
    "gpt3-125m-zero-shot": 40.65125,
    "gpt3-125m-few-shot": 50.149375,
  };

  it("can mostly be checked by their averages", () => {
    expect(whole.length).toBe(58);
  });

  it.each(whole.map((row) => [row.id, row] as const))(
    "of %s have the mean that the source prints",
    (id, row) => {
      const off = Math.abs(mean(id)! - row.average!.percent);
      if (exceptions[id] === undefined) expect(off).toBeLessThanOrEqual(0.0501);
      else {
        expect(mean(id)).toBeCloseTo(exceptions[id], 9);
        expect(off).toBeGreaterThan(0.0501);
      }
    },
  );

  it.each([
    ["glm-sent", "77.3"],
    ["glm-large-classifier", "69.9"],
    ["cbow-test", "44.45"],
  ])("of %s say in their note that their mean is %s", (id, average) => {
    expect(publishedRow(id).note).toContain(`though these cells average ${average}`);
  });

  it("have what is nearest to a cloze evaluator: BERT on the same clozes, GLaM by log-likelihood", () => {
    const cloze = publishedRow("bert-large-cloze");
    expect(cloze).toMatchObject({ table: "Table 6", split: "dev", setting: "fine-tuned" });
    expect(publishedValue(cloze, "superglue", "score")?.percent).toBe(73.2);
    const small = publishedRow("glam-dense-0.1b-zero-shot");
    expect(small).toMatchObject({ split: "dev", setting: "zero-shot", average: null });
    expect(small.note).toContain("log-likelihood");
    // SuperGLUE's own dev table prints CB as accuracy and F1, unlike its test table.
    expect(publishedValue(publishedRow("majority-dev"), "cb", "accuracy")?.percent).toBe(50);
  });

  it("give a value by task and metric, and the average as the SuperGLUE score", () => {
    const row = publishedRow("gpt3-175b-zero-shot");
    expect(publishedValue(row, "cb", "f1_macro")?.percent).toBe(42.8);
    expect(publishedValue(row, "cb", "accuracy")?.percent).toBe(46.4);
    expect(publishedValue(row, "superglue", "score")?.percent).toBe(58.2);
    expect(publishedValue(row, "axb", "mcc")).toBeUndefined();
    expect(publishedValue(publishedRow("glm-10b"), "superglue", "score")).toBeUndefined();
    expect(publishedValue(publishedRow("roberta-large-readme"), "cb", "accuracy")).toBeUndefined();
  });

  it("name the nearest id", () => {
    expect(() => publishedRow("t5-lrge")).toThrow(
      expect.objectContaining({ kind: "usage", hint: expect.stringContaining("Did you mean t5-large?") }),
    );
  });
});

describe("parsePublished", () => {
  const file = (row: object, more: object = {}) =>
    JSON.stringify({
      schema: 1,
      about: "",
      metrics: { cb: ["f1_macro", "accuracy"] },
      sources: { paper: { name: "Paper", title: "A Paper", url: "https://example.org/" } },
      rows: [
        {
          id: "a",
          model: "A",
          source: "paper",
          table: "1",
          split: "dev",
          setting: "fine-tuned",
          average: null,
          cells: { cb: [1, 2] },
          ...row,
        },
      ],
      ...more,
    });

  it("reads a row", () => {
    const [row] = parsePublished(file({ cells: { cb: [1, null] } }), "p.json");
    expect(row!.source.name).toBe("Paper");
    expect([...row!.cells.get("cb")!]).toEqual([["f1_macro", { percent: 1 }]]);
  });

  it.each([
    ["text that is not JSON", "{", /p\.json: not JSON/],
    ["an unknown source", file({ source: "x" }), /row a: there is no source x/],
    ["a value too many", file({ cells: { cb: [1, 2, 3] } }), /row a: cb has 3 values, expected 2/],
    ["a task without metrics", file({ cells: { rte: [1] } }), /row a: "metrics" does not list those of rte/],
    ["a value over 100", file({ cells: { cb: [1, 200] } }), /rows\.0\.cells\.cb\.1/],
    ["an id with a blank", file({ id: "a b" }), /rows\.0\.id/],
    ["an unknown setting", file({ setting: "guessed" }), /rows\.0\.setting/],
    [
      "two rows of one id",
      file({}, { rows: [0, 1].map(() => JSON.parse(file({})).rows[0]) }),
      /two rows have the id a/,
    ],
  ])("refuses %s", (_, text, message) => {
    expect(() => parsePublished(text, "p.json")).toThrow(
      expect.objectContaining({ kind: "data", message: expect.stringMatching(message) }),
    );
  });
});
