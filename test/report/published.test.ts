import { describe, expect, it } from "vitest";
import { metricNames } from "../../src/metrics/index.js";
import { findPublishedRow, getPublishedValue, listPublished } from "../../src/report/index.js";
import { parsePublished } from "../../src/report/published.js";

const SUPERGLUE_TASKS = ["boolq", "cb", "copa", "multirc", "record", "rte", "wic", "wsc"];

/** Computes the exact mean of a row's eight task means: values have at most two decimals, tasks at most two metrics. */
function mean(id: string): number | null {
  const row = findPublishedRow(id);
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

  it("use our task and metric names, with a task's two values in the right order", () => {
    const metrics = new Set(metricNames());
    for (const row of rows) {
      for (const [task, cells] of row.cells) {
        expect([...SUPERGLUE_TASKS, "axb", "axg"]).toContain(task);
        for (const name of cells.keys()) expect(metrics).toContain(name);
      }
      // Exact match is always stricter than the other metric, so swapped columns would show here.
      const of = (task: string, metric: string) => getPublishedValue(row, task, metric)?.percent;
      // GLaM's rows have only accuracy.
      if (of("record", "token_f1") !== undefined) {
        expect(of("record", "token_f1")).toBeGreaterThan(of("record", "exact_match")!);
      }
      if (row.id !== "cbow-test" && of("multirc", "em") !== undefined) {
        expect(of("multirc", "f1a")).toBeGreaterThan(of("multirc", "em")!);
      }
    }
  });

  // The printed average is off by up to 0.05 (one decimal; 0.0001 for floating point). A cell that is wrong by 1.0 moves
  // the mean by 0.06 (two metrics) or 0.125.
  const complete = rows.filter((row) => row.average !== null && mean(row.id) !== null);
  /** Rows whose source prints a different average from that of their cells, with the latter. */
  const exceptions: Readonly<Record<string, number>> = {
    "glm-sent": 77.275,
    "glm-large-classifier": 69.875,
    "cbow-test": 44.45,
    // Averaged before the cells were rounded.
    "gpt3-125m-zero-shot": 40.65125,
    "gpt3-125m-few-shot": 50.149375,
  };

  it("can mostly be checked against their averages", () => {
    expect(complete.length).toBe(58);
  });

  it.each(complete.map((row) => [row.id, row] as const))(
    "of %s have the mean printed in the source",
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
  ])("of %s state in their note that their mean is %s", (id, average) => {
    expect(findPublishedRow(id).note).toContain(`though these cells average ${average}`);
  });

  it("include what is closest to cloze evaluation: BERT on the same clozes, GLaM by log-likelihood", () => {
    const cloze = findPublishedRow("bert-large-cloze");
    expect(cloze).toMatchObject({ table: "Table 6", split: "dev", setting: "fine-tuned" });
    expect(getPublishedValue(cloze, "superglue", "score")?.percent).toBe(73.2);
    const small = findPublishedRow("glam-dense-0.1b-zero-shot");
    expect(small).toMatchObject({ split: "dev", setting: "zero-shot", average: null });
    expect(small.note).toContain("log-likelihood");
    // SuperGLUE's own dev table prints CB as accuracy and F1, unlike its test table.
    expect(getPublishedValue(findPublishedRow("majority-dev"), "cb", "accuracy")?.percent).toBe(50);
  });

  it("provide values by task and metric, and the average as the SuperGLUE score", () => {
    const row = findPublishedRow("gpt3-175b-zero-shot");
    expect(getPublishedValue(row, "cb", "f1_macro")?.percent).toBe(42.8);
    expect(getPublishedValue(row, "cb", "accuracy")?.percent).toBe(46.4);
    expect(getPublishedValue(row, "superglue", "score")?.percent).toBe(58.2);
    expect(getPublishedValue(row, "axb", "mcc")).toBeUndefined();
    expect(getPublishedValue(findPublishedRow("glm-10b"), "superglue", "score")).toBeUndefined();
    expect(getPublishedValue(findPublishedRow("roberta-large-readme"), "cb", "accuracy")).toBeUndefined();
  });

  it("suggest the nearest id", () => {
    expect(() => findPublishedRow("t5-lrge")).toThrow(
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
    ["invalid JSON", "{", /p\.json: not JSON/],
    ["an unknown source", file({ source: "x" }), /row a: unknown source x/],
    ["too many values", file({ cells: { cb: [1, 2, 3] } }), /row a: cb has 3 values, expected 2/],
    ["a task without metrics", file({ cells: { rte: [1] } }), /row a: "metrics" has no entry for rte/],
    ["a value over 100", file({ cells: { cb: [1, 200] } }), /rows\.0\.cells\.cb\.1/],
    ["an id with a space", file({ id: "a b" }), /rows\.0\.id/],
    ["an unknown setting", file({ setting: "guessed" }), /rows\.0\.setting/],
    [
      "two rows with the same id",
      file({}, { rows: [0, 1].map(() => JSON.parse(file({})).rows[0]) }),
      /two rows have the id a/,
    ],
  ])("rejects %s", (_, text, message) => {
    expect(() => parsePublished(text, "p.json")).toThrow(
      expect.objectContaining({ kind: "data", message: expect.stringMatching(message) }),
    );
  });
});
