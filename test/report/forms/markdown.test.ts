import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { markdownOf, resultsTable } from "../../../src/report/index.js";
import { oneLine } from "../../../src/report/names.js";
import { baseline, FULL, metric, run, TWO, task } from "../results.js";

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom(..."|\\`*_[]<>&~#$\n\r\t -+1.a".split("")) }),
);

/** The cells of a line as GitHub takes it apart: at pipes that have no backslash before them. */
function cellsOf(line: string): string[] {
  const cells = [""];
  for (const [piece] of line.slice(1, -1).matchAll(/\\.|[\s\S]/gu)) {
    if (piece === "|") cells.push("");
    else cells[cells.length - 1] += piece;
  }
  return cells.map((cell) => cell.trim());
}

const shown = (text: string) => text.replace(/\\([!-/:-@[-`{-~])/g, "$1");

describe("markdownOf", () => {
  it("is this table", () => {
    const results = run(FULL.tasks.slice(0, 2), {
      baselines: [baseline(run(FULL.tasks.slice(0, 2)), 0.0555)],
    });
    expect(markdownOf(resultsTable(results, { published: ["bert-large"] }))).toMatchInlineSnapshot(`
      "**glm-tiny**: protocol glm, validation split; values in percent

      | Task | Metric | Value | 95% CI | Majority | roberta-base<br>Value | Diff. | p | BERT-Large<br>fine-tuned<br>dev set | n |
      | :--- | :--- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
      | BoolQ | Acc. | 62.2 | [57.2, 66.2] | 62.2 | 56.6 | +5.5 | .035\\* | 80.1 | 3270 |
      | CB | Acc. | 50.0 | [45.0, 54.0] | 50.0 | 44.5 | +5.5 | \\<.001\\* | 92.9 | 56 |
      | CB | F1 | 22.2 | [17.2, 26.2] | 50.0 | 16.7 | +5.5 | 1.000 | 94.8 | 56 |

      - Baseline roberta-base: family masked, protocol pet.
      - 95% CI: Wilson score interval for accuracy, bootstrap for the others. Majority: the best that one constant answer reaches on the same examples (– where there is none).
      - Diff.: glm-tiny less the column's model, in points. p, two-sided: McNemar's exact test for accuracy of independent examples; paired bootstrap for the others, over examples (CB).
      - \\* p \\< 0.05, not adjusted for the number of comparisons: of 3, about 0.2 fall below 0.05 by chance where the models are equal.
      - BERT-Large: published in GLM paper, Table 1 (https://arxiv.org/abs/2103.10360): fine-tuned, dev set; a classifier on top of the model.
      - Ties, where the two best answers have the same score: CB 2 of 56.
      - Texts cut to fit: BoolQ 132 of 3270.
      - Patterns: BoolQ p4, CB p3."
    `);
  });

  it("has as many cells in every line as columns, a comparison being three", () => {
    const failed = task("mine", [], { status: "failed", message: "a | b" });
    const text = markdownOf(
      resultsTable({ ...TWO, tasks: [...TWO.tasks, failed] }, { published: ["bert-large"] }),
    );
    const lines = text.split("\n").filter((line) => line.startsWith("|"));
    expect(lines).toHaveLength(2 + 14 + 1 + 1);
    for (const line of lines) expect(cellsOf(line)).toHaveLength(7 + 2 * 3);
    expect(text).toContain("| mine | – failed: a \\| b |");
  });

  it("gives any text back that stands in a cell, on one line", () => {
    fc.assert(
      fc.property(anyText, anyText, (name, model) => {
        const results = run([task(`t${name}`, [metric("accuracy", 0.5)])], {
          model: `m${model}`,
          modelNote: model,
        });
        const lines = markdownOf(resultsTable(results, { published: [] })).split("\n");
        const row = lines.filter((line) => line.startsWith("|"))[2]!;
        expect(shown(cellsOf(row)[0]!)).toBe(oneLine(`t${name}`));
        expect(cellsOf(row)).toHaveLength(6);
        expect(shown(lines[0]!)).toBe(
          `**${oneLine(`m${model}`)}**: protocol glm, validation split; values in percent`,
        );
        // Heading, blank, three lines of the table, blank, three notes: no text makes a line of its own.
        expect(lines).toHaveLength(9);
      }),
      { numRuns: 300 },
    );
  });

  it("lets no HTML of users' texts through, and no list begin with them", () => {
    const evil = baseline(FULL, 0.1, { model: "<script>alert(1)</script>", status: "failed", message: "x" });
    const text = markdownOf(resultsTable({ ...FULL, baselines: [evil] }, { published: [] }));
    expect(text.replaceAll("<br>", "")).not.toMatch(/(?<!\\)[<>]/);
    for (const model of ["- x", "+ x", "1. x", "1) x"]) {
      const named = baseline(FULL, 0.1, { model, status: "failed", message: "y" });
      const lines = markdownOf(resultsTable({ ...FULL, baselines: [named] }, { published: [] })).split("\n");
      const told = lines.find((line) => line.includes(" failed: y"))!;
      expect(told).not.toMatch(/^- ([-+]|\d+[.)])/);
      expect(shown(told)).toBe(`- ${model} failed: y`);
    }
  });
});
