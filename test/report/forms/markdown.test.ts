import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resultsTable, toMarkdown } from "../../../src/report/index.js";
import { oneLine } from "../../../src/report/names.js";
import { baseline, FULL, metric, run, TWO, task } from "../results.js";

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom(..."|\\`*_[]<>&~#$\n\r\t -+1.a".split("")) }),
);

/** Splits a line into cells as GitHub does: at pipes without a backslash before them. */
function splitCells(line: string): string[] {
  const cells = [""];
  for (const [piece] of line.slice(1, -1).matchAll(/\\.|[\s\S]/gu)) {
    if (piece === "|") cells.push("");
    else cells[cells.length - 1] += piece;
  }
  return cells.map((cell) => cell.trim());
}

const shown = (text: string) => text.replace(/\\([!-/:-@[-`{-~])/g, "$1");

describe("toMarkdown", () => {
  it("matches the snapshot", () => {
    const results = run(FULL.tasks.slice(0, 2), {
      baselines: [baseline(run(FULL.tasks.slice(0, 2)), 0.0555)],
    });
    expect(toMarkdown(resultsTable(results, { published: ["bert-large"] }))).toMatchInlineSnapshot(`
      "**glm-tiny**: protocol glm, validation split; values in percent

      | Task | Metric | Value | 95% CI | Majority | roberta-base<br>Value | Diff. | p | BERT-Large<br>fine-tuned<br>dev set | n |
      | :--- | :--- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
      | BoolQ | Acc. | 62.2 | [57.2, 66.2] | 62.2 | 56.6 | +5.5 | .035\\* | 80.1 | 3270 |
      | CB | Acc. | 50.0 | [45.0, 54.0] | 50.0 | 44.5 | +5.5 | \\<.001\\* | 92.9 | 56 |
      | CB | F1 | 22.2 | [17.2, 26.2] | 50.0 | 16.7 | +5.5 | 1.000 | 94.8 | 56 |

      - Baseline roberta-base: family masked, protocol pet.
      - 95% CI: Wilson score interval for accuracy, bootstrap for other metrics. Majority: the best value of a constant answer on the same examples (– if there is none).
      - Diff.: glm-tiny minus the column's model, in points. p (two-sided): McNemar's exact test for accuracy on independent examples; paired bootstrap for the rest, resampling examples (CB).
      - \\* p \\< 0.05, not corrected for multiple comparisons: if the models were equal, about 0.2 of 3 would fall below 0.05 by chance.
      - BERT-Large: published in GLM paper, Table 1 (https://arxiv.org/abs/2103.10360): fine-tuned, dev set; a classifier on top of the model.
      - Ties (the two best answers have the same score): CB 2 of 56.
      - Texts truncated to fit: BoolQ 132 of 3270.
      - Patterns: BoolQ p4, CB p3."
    `);
  });

  it("has as many cells in every line as columns, with three for a comparison", () => {
    const failed = task("mine", [], { status: "failed", message: "a | b" });
    const text = toMarkdown(
      resultsTable({ ...TWO, tasks: [...TWO.tasks, failed] }, { published: ["bert-large"] }),
    );
    const lines = text.split("\n").filter((line) => line.startsWith("|"));
    expect(lines).toHaveLength(2 + 14 + 1 + 1);
    for (const line of lines) expect(splitCells(line)).toHaveLength(7 + 2 * 3);
    expect(text).toContain("| mine | – failed: a \\| b |");
  });

  it("keeps any text of a cell, on one line", () => {
    fc.assert(
      fc.property(anyText, anyText, (name, model) => {
        const results = run([task(`t${name}`, [metric("accuracy", 0.5)])], {
          model: `m${model}`,
          modelNote: model,
        });
        const lines = toMarkdown(resultsTable(results, { published: [] })).split("\n");
        const row = lines.filter((line) => line.startsWith("|"))[2]!;
        expect(shown(splitCells(row)[0]!)).toBe(oneLine(`t${name}`));
        expect(splitCells(row)).toHaveLength(6);
        expect(shown(lines[0]!)).toBe(
          `**${oneLine(`m${model}`)}**: protocol glm, validation split; values in percent`,
        );
        // Heading, blank, three lines of the table, blank, three notes: no text adds a line.
        expect(lines).toHaveLength(9);
      }),
      { numRuns: 300 },
    );
  });

  it("escapes HTML and list markers in users' texts", () => {
    const evil = baseline(FULL, 0.1, { model: "<script>alert(1)</script>", status: "failed", message: "x" });
    const text = toMarkdown(resultsTable({ ...FULL, baselines: [evil] }, { published: [] }));
    expect(text.replaceAll("<br>", "")).not.toMatch(/(?<!\\)[<>]/);
    for (const model of ["- x", "+ x", "1. x", "1) x"]) {
      const named = baseline(FULL, 0.1, { model, status: "failed", message: "y" });
      const lines = toMarkdown(resultsTable({ ...FULL, baselines: [named] }, { published: [] })).split("\n");
      const note = lines.find((line) => line.includes(" failed: y"))!;
      expect(note).not.toMatch(/^- ([-+]|\d+[.)])/);
      expect(shown(note)).toBe(`- ${model} failed: y`);
    }
  });
});
