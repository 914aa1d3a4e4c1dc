import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeLatex } from "../../../src/report/forms/latex-text.js";
import { classTables, comparisonTable, resultsTable, toLatex } from "../../../src/report/index.js";
import { metric, run, TWO, task } from "../results.js";

const ASCII = Array.from({ length: 95 }, (_, k) => String.fromCharCode(32 + k)).join("");

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom(...`\\{}#$%&_~^<>|"'\`[]*-,?!a −`.split("")) }),
);

/** Returns what LaTeX prints for an escaped text. */
function printed(escaped: string): string {
  const words: Record<string, string> = {
    textbackslash: "\\",
    textasciitilde: "~",
    textasciicircum: "^",
    textless: "<",
    textgreater: ">",
    textbar: "|",
    textquotesingle: "'",
    textasciigrave: "`",
  };
  return escaped.replace(
    /\\texttt\{"\}|\$-\$|\\([a-z]+)\{\}|\\([{}#$%&_])|\{([[\]*])\}|\{\}/g,
    (all, word, sign, held) => {
      if (word !== undefined) return words[word]!;
      return sign ?? held ?? (all === "{}" ? "" : all === "$-$" ? "−" : '"');
    },
  );
}

describe("toLatex", () => {
  const results = run(
    [
      ...TWO.tasks.slice(0, 4),
      task("mine", [], { status: "failed", message: "50% of it_failed" }),
      task("[x]*", [metric("accuracy", 0.4)], {
        confusion: {
          labels: ["a&b", "c"],
          counts: [
            [1, 0],
            [2, 3],
          ],
        },
      }),
    ],
    { baselines: TWO.baselines.slice(0, 1) },
  );

  it("is a document with booktabs, intervals and stars", () => {
    const text = toLatex([resultsTable(results, { published: ["bert-large"] })]);
    expect(text).toContain("\\usepackage{booktabs,graphicx}");
    expect(text.match(/\\(toprule|midrule|bottomrule)/g)).toHaveLength(3);
    expect(text).toContain("\\multicolumn{3}{c}{hub-name-of/roberta-base}");
    expect(text).toContain("\\cmidrule(lr){6-8}");
    expect(text).toContain(
      "BoolQ & Acc. & 62.2 & [57.2, 66.2] & 62.2 & 56.6 & $+$5.5 & .035\\rlap{\\textsuperscript{*}} & 80.1 & 3270 \\\\",
    );
    expect(text).toContain("{[}x{]}{*} & Acc.");
    expect(text).toContain("\\raggedright -- failed: 50\\% of it\\_failed}");
    expect(text.endsWith("\\end{document}\n")).toBe(true);
  });

  it("writes every row with the cells of all columns", () => {
    const text = toLatex([comparisonTable(results), resultsTable(results, { published: ["bert-large"] })]);
    const shapes = [...text.matchAll(/\\begin\{tabular\}\{([lr]+)\}([\s\S]*?)\\end\{tabular\}/g)];
    expect(shapes.map(([, shape]) => shape)).toEqual(["llrrrrrlr", "llrrrrrrrr"]);
    for (const [, shape, body] of shapes)
      for (const line of body!.split("\n").filter((one) => one.endsWith("\\\\"))) {
        const spans = [...line.matchAll(/\\multicolumn\{(\d+)\}/g)].map(([, span]) => Number(span) - 1);
        const cells = line.split(/(?<!\\)&/).length + spans.reduce((sum, span) => sum + span, 0);
        expect(cells).toBe(shape!.length);
      }
  });

  it("starts another table if a page is full", () => {
    const many = run(Array.from({ length: 85 }, (_, k) => task(`t${k}`, [metric("accuracy", 0.5)])));
    const text = toLatex([resultsTable(many, { published: [] })]);
    expect(text.match(/\\begin\{tabular\}/g)).toHaveLength(3);
    expect(text.match(/\(continued\)/g)).toHaveLength(2);
  });

  it("prints any text literally: no command, no ligature", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const escaped = escapeLatex(text);
        expect(printed(escaped)).toBe(text.replace(/\p{Surrogate}/gu, "\ufffd"));
        // The only special characters left belong to the commands that replace them.
        const rest = escaped.replace(/\\texttt\{"\}|\$-\$|\\[a-z]+\{\}|\\[{}#$%&_]|\{[[\]*]?\}/g, " ");
        expect(rest).not.toMatch(/[\\{}#$%&_~^<>|"'`[\]*]|--|,,|[?!]`/);
      }),
      { numRuns: 500 },
    );
  });

  const hasLatex = spawnSync("pdflatex", ["--version"]).status === 0;

  it.skipIf(!hasLatex)(
    "compiles, whatever the texts",
    () => {
      const folder = mkdtempSync(join(tmpdir(), "glm-eval-latex-"));
      try {
        const allCharacters = `${ASCII} ${[...ASCII].join("#")} -- --- ?\` !\` ,, '' \`\` é ő Ħ « − € 中文 \u{1f600} \ud800 e\u0301`;
        const nasty = { ...results, model: allCharacters, modelNote: allCharacters, protocol: allCharacters };
        const tables = [
          resultsTable(nasty, { published: ["bert-large"] }),
          comparisonTable(nasty),
          ...classTables(nasty.tasks),
        ];
        writeFileSync(join(folder, "report.tex"), toLatex(tables));
        // Throws if LaTeX finds an error.
        const log = execFileSync("pdflatex", ["-interaction=nonstopmode", "-halt-on-error", "report.tex"], {
          cwd: folder,
          encoding: "utf8",
        });
        expect(log).toContain("Output written on report.pdf");
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
    120_000,
  );
});
