import fc from "fast-check";
import Papa from "papaparse";
import { describe, expect, it } from "vitest";
import { listPublished, toCsv } from "../../src/report/index.js";
import type { RunResults } from "../../src/results/index.js";
import { baseline, FULL, run, TWO } from "./results.js";

const SHORT = run(FULL.tasks.slice(0, 2));

function csv(results: RunResults, published: string[] = []): Record<string, string>[] {
  const parsed = Papa.parse<Record<string, string>>(toCsv(results, { published }), {
    header: true,
    skipEmptyLines: true,
  });
  expect(parsed.errors).toEqual([]);
  return parsed.data;
}

describe("published columns next to baselines", () => {
  it("are on every line of the CSV that has a value", () => {
    const ids = listPublished().map(({ id }) => id);
    for (const line of csv(TWO, ids))
      for (const row of listPublished()) {
        const cells = ["", "_source", "_split", "_setting"].map((end) => line[row.id + end]!);
        if (cells[0] === "") expect(cells).toEqual(["", "", "", ""]);
        else expect(cells.slice(2)).toEqual([row.split, row.setting]);
      }
  });
});

describe("the CSV with baselines", () => {
  const rows = csv(TWO, ["bert-large"]);
  const columns = Object.keys(rows[0]!);
  const of = (model: string, name: string, metricName: string) =>
    rows.find((row) => row.model === model && row.task === name && row.metric === metricName)!;

  it("adds five columns per baseline after the fixed ones", () => {
    const ends = ["difference", "low", "high", "p", "test"];
    expect(columns.slice(17, 40)).toEqual([
      ...["split", "sample_data", "family", "aggregate", "fewshot", "shots_dropped", "kind", "calibration"],
      ...["limit", "limit_by", "limit_seed", "same_tokens"],
      ...ends.map((end) => `roberta-base_${end}`),
      ...ends.map((end) => `t5-small_${end}`),
      "bert-large",
    ]);
  });

  it("writes the differences on the run's lines in full precision, and separate lines for each baseline", () => {
    const found = TWO.baselines[0]!.comparisons.find(
      (one) => one.task === "multirc" && one.metric === "f1a",
    )!;
    expect(of("glm-tiny", "multirc", "f1a")).toMatchObject({
      family: "infill",
      "roberta-base_difference": String(found.difference),
      "roberta-base_low": String(found.low),
      "roberta-base_high": String(found.high),
      "roberta-base_p": String(found.p),
      "roberta-base_test": "paired bootstrap (2000 draws of 83 questions, seed 0)",
      "t5-small_test": "paired bootstrap (2000 draws of 83 questions, seed 0)",
    });
    expect(of("hub-name-of/roberta-base", "multirc", "f1a")).toMatchObject({
      family: "masked",
      protocol: "pet",
      value: String(TWO.baselines[0]!.tasks[3]!.metrics[0]!.value),
      "roberta-base_difference": "",
      "t5-small_p": "",
      "bert-large": "0.719",
      "bert-large_setting": "fine-tuned",
    });
    expect(rows).toHaveLength(3 * 15);
    expect(rows.map(({ task: name }) => name).indexOf("superglue")).toBe(14);
  });

  it("writes the difference of the scores, without a test", () => {
    expect(of("glm-tiny", "superglue", "score")).toMatchObject({
      "roberta-base_difference": String(FULL.suites[0]!.score! - TWO.baselines[0]!.suites[0]!.score!),
      "roberta-base_p": "",
      "roberta-base_test": "",
    });
    expect(of("t5-small", "superglue", "score").value).toBe(String(TWO.baselines[1]!.suites[0]!.score));
  });

  it("gives the reason why a baseline failed", () => {
    const failed = baseline(run([]), 0, { status: "failed", message: "out of memory", comparisons: [] });
    expect(csv({ ...SHORT, baselines: [failed] }).at(-1)).toMatchObject({
      model: "roberta-base",
      task: "",
      status: "failed",
      message: "out of memory",
    });
  });

  it("names columns after the last part of the path, safely and uniquely", () => {
    const headers = (...models: string[]) =>
      Object.keys(
        csv({ ...SHORT, baselines: models.map((model) => baseline(SHORT, 0.1, { model })) }, [
          "bert-large",
        ])[0]!,
      ).filter((column) => column.endsWith("_difference"));
    expect(headers("a/glm", "b/glm", "C:\\models\\glm\\")).toEqual([
      "glm_difference",
      "glm-2_difference",
      "glm-3_difference",
    ]);
    expect(headers('=cmd("x"),y', "modèle 7.1", "..", "ci", "bert-large")).toEqual([
      "cmd-x-y_difference",
      "modèle-7.1_difference",
      "baseline_difference",
      // ci_low is the name of another column
      "ci-2_difference",
      "bert-large_difference",
    ]);
  });

  it("keeps column names unique for any model names", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" }), { maxLength: 4 }), (models) => {
        const baselines = models.map((model) => baseline(SHORT, 0.1, { model }));
        const header = Papa.parse<string[]>(toCsv({ ...SHORT, baselines }, { published: [] })).data[0]!;
        expect(new Set(header).size).toBe(header.length);
        expect(header).toHaveLength(29 + 5 * models.length);
        for (const name of header) expect(name).toMatch(/^[\p{L}\p{N}_][\p{L}\p{N}._-]*$/u);
      }),
      { numRuns: 100 },
    );
  });
});
