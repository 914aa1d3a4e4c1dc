import { describe, expect, it } from "vitest";
import { listPublished, renderTable } from "../../src/report/index.js";
import type { BaselineResults } from "../../src/results/index.js";
import { baseline, comparison, FULL, metric, run, superglue, TWO, task } from "./results.js";

const [BOOLQ, CB, RTE] = [FULL.tasks[0]!, FULL.tasks[1]!, FULL.tasks[5]!];
const SHORT = run([BOOLQ, CB]);

/** Renders the table with each note on one line. */
function render(baselines: BaselineResults[], results = SHORT): string {
  return renderTable({ ...results, baselines }, { published: [] }).replace(/\n {2}(?! )/g, " ");
}

describe("the table with baselines", () => {
  it("matches the snapshot", () => {
    const { tasks } = FULL;
    const some = { ...FULL, tasks: tasks.filter((one) => !["copa", "rte", "wic", "wsc"].includes(one.task)) };
    const [first, second] = TWO.baselines as [BaselineResults, BaselineResults];
    const lacking = {
      ...second,
      tasks: second.tasks.filter((one) => one.task !== "record"),
      suites: superglue(null),
    };
    const lost = task("record", [], { status: "failed", message: "out of memory" });
    const baselines = [first, { ...lacking, tasks: [...lacking.tasks, lost], modelNote: "A small one." }];
    expect(renderTable({ ...some, baselines }, { published: ["bert-large"] })).toMatchInlineSnapshot(`
      "glm-tiny: protocol glm, validation split; values in percent

                                                             hub-name-of/
                                                             roberta-base            t5-small
      Task       Metric  Value        95% CI  Majority  Value Diff.     p   Value Diff.     p      n
      ───────────────────────────────────────────────────────────────────────────────────────────────
      BoolQ      Acc.     62.2  [57.2, 66.2]      62.2   56.6  +5.5  .035*   70.9  -8.7  .035*  3270
      CB         Acc.     50.0  [45.0, 54.0]      50.0   44.5  +5.5 <.001*   58.7  -8.7 <.001*    56
      CB         F1       22.2  [17.2, 26.2]      50.0   16.7  +5.5 1.000    30.9  -8.7 1.000     56
      MultiRC    F1a      59.9  [54.9, 63.9]      50.0   54.4  +5.5 1.000    68.6  -8.7 1.000   4848
      MultiRC    EM        0.3   [-4.7, 4.3]      50.0    0.0  +0.3  .210     9.0  -8.7  .210   4848
      ReCoRD     F1       34.0  [29.0, 38.0]         –   28.5  +5.5 <.001*      –                100
      ReCoRD     EM       33.0  [28.0, 37.0]         –   27.5  +5.5 1.000       –                100
      AX-b       MCC      -4.2  [-9.2, -0.2]       0.0   -9.8  +5.5 1.000     4.5  -8.7 1.000    100
      AX-g       GPS      90.0  [85.0, 94.0]     100.0   84.5  +5.5 1.000    98.7  -8.7 1.000    100
      AX-g       Acc.     50.0  [45.0, 54.0]      50.0   44.5  +5.5  .210    58.7  -8.7  .210    100
      SuperGLUE  score    49.1                           43.6  +5.5             –

                                BERT-Large
                                fine-tuned
      Task       Metric  Value     dev set
      ─────────────────────────────────────
      BoolQ      Acc.     62.2        80.1
      CB         Acc.     50.0        92.9
      CB         F1       22.2        94.8
      MultiRC    F1a      59.9        71.9
      MultiRC    EM        0.3        24.1
      ReCoRD     F1       34.0        76.3
      ReCoRD     EM       33.0        75.6
      AX-b       MCC      -4.2           –
      AX-g       GPS      90.0           –
      AX-g       Acc.     50.0           –
      SuperGLUE  score    49.1        72.0

      Baseline hub-name-of/roberta-base: family masked, protocol pet.
      Only hub-name-of/roberta-base has results for these: COPA Acc. 49.5, RTE Acc. 47.2, WiC Acc. 44.5,
        WSC Acc. 58.0.
      Baseline t5-small: family seq2seq, protocol glm. A small one.
      t5-small has no results for ReCoRD (out of memory).
      Only t5-small has results for these: COPA Acc. 63.7, RTE Acc. 61.4, WiC Acc. 58.7, WSC Acc. 72.2.
      95% CI: Wilson score interval for accuracy, bootstrap for other metrics. Majority: the best value of
        a constant answer on the same examples (– if there is none). MCC is multiplied by 100.
      Diff.: glm-tiny minus the column's model, in points. p (two-sided): McNemar's exact test for
        accuracy on independent examples; paired bootstrap for the rest, resampling examples (CB, AX-b),
        questions (MultiRC), clusters (ReCoRD), pairs (AX-g).
      * p < 0.05, not corrected for multiple comparisons: if the models were equal, about 1.4 of 28 would
        fall below 0.05 by chance.
      BERT-Large: published in GLM paper, Table 1 (https://arxiv.org/abs/2103.10360): fine-tuned, dev set;
        a classifier on top of the model.
      AX-g GPS: 1 of 178 pairs have only one example and are left out.
      Ties (the two best answers have the same score): CB 2 of 56.
      Texts truncated to fit: BoolQ 132 of 3270.
      Patterns: BoolQ p4, CB p3, MultiRC p0, ReCoRD p0, AX-b p0, AX-g p0."
    `);
  });

  it("has the baseline's value, the difference with its sign and p, starred below 0.05", () => {
    const ps = [
      [0.0499, ".050*"],
      [0.05, ".050"],
      [0.0009, "<.001*"],
      [0.001, ".001*"],
      [1, "1.000"],
    ] as const;
    for (const [p, shown] of ps) {
      const own = task("boolq", [metric("accuracy", 0.5)]);
      for (const [theirs, value, difference] of [
        [0.4321, "43.2", "+6.8"],
        [0.6, "60.0", "-10.0"],
        [0.5, "50.0", "0.0"],
      ] as const) {
        const table = render(
          [
            baseline(run([own]), 0.5 - theirs, {
              comparisons: [comparison(own, "accuracy", theirs, { p })],
            }),
          ],
          run([own]),
        );
        const cells = table
          .split("\n")
          .find((line) => line.startsWith("BoolQ"))!
          .trim()
          .split(/ +/);
        expect(cells.slice(-4)).toEqual([value, difference, shown, "100"]);
      }
    }
  });

  it.each([60, 80, 100, 140, 200])("fits lines of %i characters, columns of one kind together", (width) => {
    const table = renderTable(TWO, { published: ["bert-large", "t5-large"], width });
    const lines = table.split("\n");
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
    for (const name of ["roberta-base", "t5-small", "BERT-Large", "T5-Large"])
      expect(lines.filter((line) => new RegExp(`^ .* ${name}( |$)`).test(line))).toHaveLength(1);
    expect(lines.find((line) => / BERT-Large/.test(line))).toContain("T5-Large");
    expect(lines.filter((line) => line.startsWith("SuperGLUE")).join("\n")).toMatch(/43\.6 +\+5\.5/);
  });

  it("does not move published columns without a baseline", () => {
    for (const width of [80, 100])
      expect(renderTable(FULL, { published: ["bert-large"], width })).toContain("Majority     dev set     n");
  });

  it("breaks a long model name at its parts", () => {
    const table = render([baseline(SHORT, 0.1, { model: "some-hub/a-model-with-a-long-name" })]);
    expect(table).toMatch(/^ +some-hub\/a-model-\n +with-a-long-name\nTask/m);
  });

  it("shows – and the reason on one line if a baseline has no value", () => {
    const lost = baseline(run([CB]), 0.1, { model: "b" });
    const missing = task("boolq", [], { status: "missing", message: "BoolQ/val.jsonl is not in data" });
    const partial = render([{ ...lost, tasks: [...lost.tasks, missing] }]);
    expect(partial).toMatch(/^BoolQ .* – +3270$/m);
    expect(partial).toMatch(/^CB .* 40\.0 +\+10\.0 .*56$/m);
    expect(partial).toContain("\nb has no results for BoolQ (BoolQ/val.jsonl is not in data).\n");
    expect(render([lost])).toContain("\nb has no results for BoolQ (not run).\n");
    const failed = render([
      { ...lost, tasks: [], comparisons: [], status: "failed", message: "no such model (look again)" },
    ]);
    expect(failed).toContain("\nb failed: no such model (look again)\n");
    expect(failed).not.toMatch(/no results|Diff\.: /);
  });

  it("lists what only the baseline has", () => {
    const more = baseline(run([BOOLQ, CB, RTE]), 0, { model: "b" });
    expect(render([more])).toContain("\nOnly b has results for these: RTE Acc. 52.7.\n");
    const failed = task("rte", [], { status: "failed", message: "broken" });
    expect(render([more], run([BOOLQ, CB, failed]))).toContain(
      "\nOnly b has results for these: RTE Acc. 52.7.\n",
    );
    expect(render([{ ...more, suites: superglue(0.5) }])).toContain(
      "\nOnly b has results for these: RTE Acc. 52.7, SuperGLUE score 50.0.\n",
    );
  });

  it("names the tests and the resampled units, and explains the star", () => {
    const text = render([...TWO.baselines], FULL);
    expect(text).toContain("Baseline hub-name-of/roberta-base: family masked, protocol pet.\n");
    expect(text).toContain(
      "Diff.: glm-tiny minus the column's model, in points. p (two-sided): McNemar's exact test for accuracy on independent examples; paired bootstrap for the rest, resampling examples (CB, AX-b), questions (MultiRC), clusters (ReCoRD), pairs (AX-g).\n",
    );
    expect(text).toContain(
      "* p < 0.05, not corrected for multiple comparisons: if the models were equal, about 1.4 of 28 would fall below 0.05 by chance.",
    );
    const exact = render([baseline(run([BOOLQ]), 0.1)], run([BOOLQ]));
    expect(exact).toContain("McNemar's exact test for accuracy on independent examples.\n");
    expect(exact).not.toContain("paired bootstrap");
    const drawn = task("axb", [metric("mcc", 0.3)]);
    expect(render([baseline(run([drawn]), 0.1)], run([drawn]))).toContain(
      "p (two-sided): paired bootstrap, resampling examples (AX-b).\n",
    );
    expect(renderTable(FULL, { published: [] })).not.toMatch(/Diff\.|Baseline|McNemar/);
  });

  it("distinguishes the patterns of a task", () => {
    const two = run(
      ["p0", "p4"].map((pattern, k) => task("boolq", [metric("accuracy", 0.5 + k / 10)], { pattern })),
    );
    const table = render([{ ...baseline(two, 0.1), tasks: baseline(two, 0.1).tasks.slice(1) }], two);
    expect(table).toContain("has no results for BoolQ p0 (not run).");
  });

  it("removes control characters from users' texts", () => {
    const evil = "x\u001b[31m\u0007\r\n\u202ey";
    const base = baseline(SHORT, 0.1, { model: evil, modelNote: evil, protocol: evil, family: evil });
    const text = renderTable(
      { ...SHORT, model: evil, baselines: [{ ...base, status: "failed", message: evil, tasks: [] }] },
      { published: [] },
    );
    expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_C}/u);
  });
});

describe("published columns next to baselines", () => {
  it("always show their setting and split, in tables of any width", () => {
    const rows = listPublished();
    const withBaseline = { ...FULL, baselines: [baseline(FULL, 0.1)] };
    // One row of each kind of heading: its layout depends on nothing else but the name's length.
    const kinds = new Map(
      rows.map((row) => [`${row.setting} ${row.split} ${row.model.length > 12}`, row] as const),
    );
    for (const row of kinds.values())
      for (const width of [40, 100]) {
        const table = renderTable(withBaseline, { published: [row.id, "glm-large"], width });
        const lines = table.split("\n");
        // Each column's head ends above the rule: the split, and right above it the setting.
        const ends = lines.flatMap((line, k) =>
          [...line.matchAll(/(dev|test) set(?= |$)/g)]
            .filter(() => line.startsWith("Task"))
            .map((match) => ({ k, end: match.index + match[0].length, split: match[1] })),
        );
        expect(ends.map(({ split }) => split)).toEqual(
          [...new Set([row.id, "glm-large"])].map((id) => rows.find((one) => one.id === id)!.split),
        );
        const settings = ends.map(({ k, end }) => lines[k - 1]!.slice(0, end));
        expect(settings[0]!.endsWith(row.setting)).toBe(true);
        const note = lines.join(" ").replace(/ +/g, " ");
        expect(note).toContain(`: ${row.setting}, ${row.split} set`);
      }
  });
});
