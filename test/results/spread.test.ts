import { readFileSync } from "node:fs";
import Papa from "papaparse";
import { describe, expect, it } from "vitest";
import { renderTable, toCsv } from "../../src/report/index.js";
import { fromJson, spreads, toJson } from "../../src/results/index.js";
import { baseline, metric, run, task } from "../report/results.js";

const ORACLE = JSON.parse(
  readFileSync(new URL("../fixtures/metrics/ensemble.json", import.meta.url), "utf8"),
) as { values: number[]; mean: number; stdev: number };

const RTE = ORACLE.values.map((value, k) => task("rte", [metric("accuracy", value)], { pattern: `p${k}` }));
const RTE_ENSEMBLE = task("rte", [metric("accuracy", 0.6)], { pattern: "ensemble", kind: "ensemble" });
const WSC = [0.5, 0.7].map((value, k) => task("wsc", [metric("accuracy", value)], { pattern: `p${k}` }));
const RECORD = task("record", [metric("token_f1", 0.3), metric("exact_match", 0.2)]);
const RESULTS = run([...RTE, RTE_ENSEMBLE, ...WSC, RECORD]);

describe("the spread over patterns", () => {
  it("has mean, sample standard deviation, worst and best, but not for a single pattern or the ensemble", () => {
    expect(spreads(RESULTS.tasks)).toEqual([
      {
        task: "rte",
        metric: "accuracy",
        patterns: 5,
        mean: expect.closeTo(ORACLE.mean, 12),
        sd: expect.closeTo(ORACLE.stdev, 12),
        worst: { pattern: "p4", value: 0.40625 },
        best: { pattern: "p2", value: 0.625 },
      },
      expect.objectContaining({ task: "wsc", patterns: 2 }),
    ]);
    const failed = task("rte", [], { pattern: "p1", status: "failed", message: "why" });
    expect(spreads([RTE[0]!, failed])).toEqual([]);
  });

  it("takes the lowest value as the best if lower is better", () => {
    const brier = [0.5, 0.7].map((value, k) =>
      task("t", [{ ...metric("brier", value), better: "lower" }], { pattern: `p${k}` }),
    );
    expect(spreads(brier)).toEqual([
      expect.objectContaining({
        worst: { pattern: "p1", value: 0.7 },
        best: { pattern: "p0", value: 0.5 },
      }),
    ]);
    const results = run(brier);
    expect(fromJson(toJson(results), "results.json").tasks[0]!.metrics[0]!.better).toBe("lower");
  });

  it("is one row of the table, with the ensemble and its interval", () => {
    expect(renderTable(RESULTS, { published: ["bert-large"] })).toMatchInlineSnapshot(`
      "glm-tiny: protocol glm, validation split; values in percent

                                                                                    BERT-Large
                                                                                    fine-tuned
      Task    Metric   Mean ± sd   [worst, best]  Ensemble        95% CI  Majority     dev set    n
      ──────────────────────────────────────────────────────────────────────────────────────────────
      RTE     Acc.    50.6 ±  8.9   [40.6, 62.5]      60.0  [55.0, 64.0]      50.0        73.6  100
      WSC     Acc.    60.0 ± 14.1   [50.0, 70.0]         –             –      50.0        64.4  100
      ReCoRD  F1      30.0                                  [25.0, 34.0]      50.0        76.3  100
      ReCoRD  EM      20.0                                  [15.0, 24.0]      50.0        75.6  100

      Mean ± sd: over a task's patterns (sample sd, n − 1), with the worst and best pattern.
      Ensemble: predicts the label with the highest mean log-probability over the patterns, as in PET; 95%
        CI and n refer to the ensemble.
      95% CI: Wilson score interval for accuracy, bootstrap for other metrics. Majority: the best value of
        a constant answer on the same examples (– if there is none).
      BERT-Large: published in GLM paper, Table 1 (https://arxiv.org/abs/2103.10360): fine-tuned, dev set;
        a classifier on top of the model.
      Patterns: RTE p0, p1, p2, p3, p4 (worst p4, best p2); WSC p0, p1 (worst p0, best p1); ReCoRD p0."
    `);
  });

  it("is complete in the CSV", () => {
    const { data } = Papa.parse<Record<string, string>>(toCsv(RESULTS, { published: [] }), {
      header: true,
      skipEmptyLines: true,
    });
    expect(data.map(({ task: name, pattern, kind, value }) => [name, pattern, kind, Number(value)])).toEqual([
      ...ORACLE.values.map((value, k) => ["rte", `p${k}`, "pattern", value]),
      ["rte", "ensemble", "ensemble", 0.6],
      ["wsc", "p0", "pattern", 0.5],
      ["wsc", "p1", "pattern", 0.7],
      ["record", "p0", "pattern", 0.3],
      ["record", "p0", "pattern", 0.2],
      ["rte", "", "mean", expect.closeTo(ORACLE.mean, 12)],
      ["rte", "", "sd", expect.closeTo(ORACLE.stdev, 12)],
      ["rte", "p4", "worst", 0.40625],
      ["rte", "p2", "best", 0.625],
      ["wsc", "", "mean", 0.6],
      ["wsc", "", "sd", expect.closeTo(Math.SQRT2 / 10, 12)],
      ["wsc", "p0", "worst", 0.5],
      ["wsc", "p1", "best", 0.7],
    ]);
  });

  it("is in results.json for other readers, and recomputed here", () => {
    expect(JSON.parse(toJson(RESULTS)).spreads[1]).toMatchObject({ task: "wsc", best: { pattern: "p1" } });
    expect(fromJson(toJson(RESULTS), "results.json")).toEqual(RESULTS);
  });

  it("compares a baseline by the ensembles, else by the means, without a test", () => {
    const table = renderTable(
      { ...RESULTS, baselines: [baseline(RESULTS, 0.1)] },
      { published: [], width: 140 },
    );
    expect(table).toMatch(/^RTE +Acc\. .* 50\.0 \+10\.0 +[.\d<]+\*? +100$/m);
    expect(table).toMatch(/^WSC +Acc\. .* 50\.0 \+10\.0 +100$/m);
    expect(table).toContain("Baselines show their ensemble's value");
  });
});
