import Papa from "papaparse";
import { describe, expect, it } from "vitest";
import { comparisonTable, formatComparison } from "../../../src/report/index.js";
import { baseline, FULL, run, TWO } from "../results.js";

const SOME = run(FULL.tasks.slice(0, 2), { suites: FULL.suites });
const ONE = { ...SOME, baselines: [baseline(SOME, 0.0555)] };

describe("the table of comparisons", () => {
  it("matches the snapshot", () => {
    expect(formatComparison(ONE, "text")).toMatchInlineSnapshot(`
      "glm-tiny against roberta-base: protocol glm, validation split; values in percent

      Task       Metric  Value  Baseline  Diff.       95% CI      p   Test                 n
      ───────────────────────────────────────────────────────────────────────────────────────
      BoolQ      Acc.     62.2      56.6   +5.5  [1.5, 10.5]   .035*  McNemar exact     3270
      CB         Acc.     50.0      44.5   +5.5  [1.5, 10.5]  <.001*  McNemar exact       56
      CB         F1       22.2      16.7   +5.5  [1.5, 10.5]  1.000   paired bootstrap    83
      SuperGLUE  score    49.1      43.6   +5.5

      Baseline roberta-base: family masked, protocol pet.
      Diff.: glm-tiny minus the baseline, in points. p (two-sided): McNemar's exact test for accuracy on
        independent examples; paired bootstrap for the rest, resampling examples (CB).
      * p < 0.05, not corrected for multiple comparisons: if the models were equal, about 0.2 of 3 would
        fall below 0.05 by chance.
      95% CI of the difference: Newcombe's interval for paired proportions with McNemar's test, bootstrap
        percentiles otherwise.
      "
    `);
  });

  it("has a section per baseline if there are several", () => {
    const { rows } = comparisonTable(TWO);
    const sections = rows.flatMap((row) => (row.kind === "section" ? [row.label] : []));
    expect(sections).toEqual(["against hub-name-of/roberta-base", "against t5-small"]);
    expect(rows).toHaveLength(2 + 2 * 15);
    const text = formatComparison(TWO, "text");
    expect(text).toMatch(/\n─+\nagainst hub-name-of\/roberta-base\nBoolQ /);
    const [, rule] = /\n(─+)\n/.exec(text)!;
    expect(rule!.length).toBeGreaterThanOrEqual(text.split("\n").find((line) => /^BoolQ/.test(line))!.length);
    expect(formatComparison(TWO, "markdown")).toContain("| **against t5-small** |  |");
    expect(formatComparison(TWO, "latex")).toContain("\\multicolumn{9}{l}{\\textit{against t5-small}}");
  });

  it("stays within 100 characters", () => {
    for (const line of formatComparison(TWO, "text").split("\n"))
      expect(line.length).toBeLessThanOrEqual(100);
  });

  it("has every number and the complete test in CSV and JSON", () => {
    const [first] = ONE.baselines[0]!.comparisons;
    const { data } = Papa.parse<Record<string, string>>(formatComparison(ONE, "csv"), {
      header: true,
      skipEmptyLines: true,
    });
    expect(data[0]).toEqual({
      model: "glm-tiny",
      baseline: "roberta-base",
      task: "boolq",
      pattern: "p4",
      metric: "accuracy",
      value: "0.62171",
      baseline_value: String(0.62171 - 0.0555),
      difference: String(first!.difference),
      low: String(first!.low),
      high: String(first!.high),
      p: "0.0345",
      test: "McNemar exact (12 and 5 discordant)",
      unit: "examples",
      n: "3270",
    });
    expect(data.at(-1)).toMatchObject({ task: "superglue", pattern: "", metric: "score", p: "", n: "" });
    const json = JSON.parse(formatComparison(ONE, "json"));
    expect(json).toMatchObject({ schema: 1, model: "glm-tiny", split: "validation" });
    expect(json.comparisons).toHaveLength(data.length);
    expect(json.comparisons[0]).toMatchObject({ baseline_value: 0.62171 - 0.0555, ...first });
  });

  it("is rejected in formats that do not support it, with those that do", () => {
    expect(() => formatComparison(ONE, "superglue")).toThrow(
      expect.objectContaining({ kind: "usage", hint: "use one of text, markdown, latex, csv, json" }),
    );
  });
});
