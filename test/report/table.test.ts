import { describe, expect, it } from "vitest";
import { renderTable } from "../../src/report/index.js";
import { FULL, metric, run, superglue, task } from "./results.js";

const DEFAULTS = ["bert-large", "t5-large"];
const MISSING = task("record", [], {
  status: "missing",
  message: `looked for ReCoRD/val.jsonl in ${"a-long-folder/".repeat(12)} and did not find it`,
});

/** Returns the cells of the lines that start with a task. */
function lines(table: string, label: string): string[][] {
  const found = table.split("\n").filter((line) => line.startsWith(`${label} `));
  return found.map((line) => line.trim().split(/ {2,}/));
}

describe("renderTable", () => {
  const table = renderTable(FULL, { published: DEFAULTS, seconds: 41.26 });

  it("matches the snapshot", () => {
    expect(table).toMatchInlineSnapshot(`
      "glm-tiny: protocol glm, validation split, 41.3 s; values in percent

                                                        BERT-Large    T5-Large
                                                        fine-tuned  fine-tuned
      Task       Metric  Value        95% CI  Majority     dev set     dev set     n
      ───────────────────────────────────────────────────────────────────────────────
      BoolQ      Acc.     62.2  [57.2, 66.2]      62.2        80.1        84.3  3270
      CB         Acc.     50.0  [45.0, 54.0]      50.0        92.9        98.2    56
      CB         F1       22.2  [17.2, 26.2]      50.0        94.8        96.4    56
      COPA       Acc.     55.0  [50.0, 59.0]      50.0        69.0        78.0   100
      MultiRC    F1a      59.9  [54.9, 63.9]      50.0        71.9        80.9  4848
      MultiRC    EM        0.3   [-4.7, 4.3]      50.0        24.1        46.6  4848
      ReCoRD     F1       34.0  [29.0, 38.0]         –        76.3        85.7   100
      ReCoRD     EM       33.0  [28.0, 37.0]         –        75.6        85.0   100
      RTE        Acc.     52.7  [47.7, 56.7]      50.0        73.6        84.8   100
      WiC        Acc.     50.0  [45.0, 54.0]      50.0        71.0        71.6   100
      WSC        Acc.     63.5  [58.5, 67.5]      50.0        64.4        84.6   100
      AX-b       MCC      -4.2  [-9.2, -0.2]       0.0           –           –   100
      AX-g       GPS      90.0  [85.0, 94.0]     100.0           –           –   100
      AX-g       Acc.     50.0  [45.0, 54.0]      50.0           –           –   100
      SuperGLUE  score    49.1                                72.0        81.2

      95% CI: Wilson score interval for accuracy, bootstrap for other metrics. Majority: the best value of
        a constant answer on the same examples (– if there is none). MCC is multiplied by 100.
      BERT-Large: published in GLM paper, Table 1 (https://arxiv.org/abs/2103.10360): fine-tuned, dev set;
        a classifier on top of the model.
      T5-Large: published in GLM paper, Table 1 (https://arxiv.org/abs/2103.10360): fine-tuned, dev set;
        the model writes the answer.
      AX-g GPS: 1 of 178 pairs have only one example and are left out.
      Ties (the two best answers have the same score): CB 2 of 56.
      Texts truncated to fit: BoolQ 132 of 3270.
      Patterns: BoolQ p4, CB p3, COPA p0, MultiRC p0, ReCoRD p0, RTE p0, WiC p0, WSC p0, AX-b p0, AX-g p0."
    `);
  });

  it("has a line for each task and metric: value, interval, majority, published values and n", () => {
    expect(lines(table, "BoolQ")).toEqual([
      ["BoolQ", "Acc.", "62.2", "[57.2, 66.2]", "62.2", "80.1", "84.3", "3270"],
    ]);
    expect(lines(table, "CB").map((cells) => cells.slice(0, 3))).toEqual([
      ["CB", "Acc.", "50.0"],
      ["CB", "F1", "22.2"],
    ]);
    // CB's F1 and accuracy are not swapped: the paper prints 94.8/92.9 and 96.4/98.2
    expect(lines(table, "CB").map((cells) => cells.slice(5, 7))).toEqual([
      ["92.9", "98.2"],
      ["94.8", "96.4"],
    ]);
    expect(lines(table, "ReCoRD")[1]).toEqual([
      "ReCoRD",
      "EM",
      "33.0",
      "[28.0, 37.0]",
      "–",
      "75.6",
      "85.0",
      "100",
    ]);
    expect(lines(table, "AX-b")).toEqual([["AX-b", "MCC", "-4.2", "[-9.2, -0.2]", "0.0", "–", "–", "100"]]);
  });

  it("ends with the score and the printed averages", () => {
    expect(lines(table, "SuperGLUE")).toEqual([["SuperGLUE", "score", "49.1", "72.0", "81.2"]]);
  });

  it("explains the published columns", () => {
    expect(table).toMatch(/BERT-Large +T5-Large\n +fine-tuned +fine-tuned\n.* dev set +dev set/);
    expect(table.replace(/\n {2}/g, " ")).toContain(
      "BERT-Large: published in GLM paper, Table 1 (https://arxiv.org/abs/2103.10360): fine-tuned, dev set;",
    );
  });

  it("counts ties and truncated texts, lists patterns and metric notes", () => {
    expect(table).toContain("Ties (the two best answers have the same score): CB 2 of 56.\n");
    expect(table).toContain("Texts truncated to fit: BoolQ 132 of 3270.\n");
    expect(table).toContain("Patterns: BoolQ p4, CB p3, COPA p0,");
    expect(table).toContain("AX-g GPS: 1 of 178 pairs have only one example and are left out.\n");
  });

  it("omits published rows without a value for any of the run's tasks", () => {
    const own = run([task("mine", [metric("accuracy", 0.5)])]);
    expect(renderTable(own, { published: DEFAULTS })).toBe(renderTable(own, { published: [] }));
  });

  it("omits notes that do not apply", () => {
    const plain = renderTable(run([task("boolq", [metric("accuracy", 0.5)])]), { published: [] });
    expect(plain).not.toMatch(/Ties|truncated|sample|published|SuperGLUE|Model:|MCC|bootstrap/);
  });

  it("warns that the sample is not the official set, and describes the model", () => {
    const sample = renderTable(
      { ...FULL, sampleData: true, modelNote: "a small model" },
      { published: DEFAULTS },
    );
    expect(sample).toContain("\nModel: a small model\n");
    expect(sample.replace(/\n {2}/g, " ")).toContain(
      "Data: the sample bundled with glm-eval, not the official sets. Do not compare these values with the published columns",
    );
  });

  it("shows a row with the reason for missing and failed tasks, and no score", () => {
    const tasks = [...FULL.tasks.filter((one) => one.task !== "record"), MISSING];
    const failed = task("mine", [], { status: "failed", message: "no label\nin line 3" });
    const some = renderTable(
      { ...FULL, tasks: [...tasks, failed], suites: superglue(null) },
      { published: DEFAULTS },
    );
    expect(some).toMatch(/\nReCoRD +– no file: looked for ReCoRD\/val\.jsonl in/);
    expect(some).toMatch(/\nmine +– failed: no label in line 3\n/);
    expect(lines(some, "SuperGLUE")).toEqual([]);
    expect(some).toContain("No SuperGLUE score: it needs all of its tasks, each with one pattern.");
    // The long message is wrapped, not truncated, and does not widen the table.
    expect(some.replace(/\n +/g, "")).toContain("a-long-folder/".repeat(12));
    expect(widest(some)).toBeLessThanOrEqual(100);
  });

  it("distinguishes the patterns of a task", () => {
    const [done, failed] = ["p0", "p4"].map((pattern) =>
      task("boolq", [metric("accuracy", 0.5)], { pattern }),
    );
    const both = renderTable(run([done!, { ...failed!, status: "failed", message: "why" }]), {
      published: [],
    });
    expect(both).toMatch(/\nBoolQ p0 +Acc\./);
    expect(both).toMatch(/\nBoolQ p4 +– failed: why/);
  });

  it("draws a table even if every task is missing", () => {
    const none = renderTable(run([MISSING]), { published: DEFAULTS });
    expect(none).toMatch(/\nReCoRD +– no file: looked for/);
    expect(widest(none)).toBeLessThanOrEqual(100);
  });

  it.each([60, 80, 100, 200])(
    "moves published columns below if they exceed lines of %i characters",
    (width) => {
      const ids = [
        "bert-large",
        "t5-large",
        "glm-large",
        "gpt3-175b-zero-shot",
        "majority-test",
        "t5-11b-meena-test",
      ];
      const many = renderTable(FULL, { published: ids, width });
      for (const line of many.split("\n")) {
        // Only a table that cannot be narrower may exceed the line, by at most one published column.
        expect(line.length).toBeLessThanOrEqual(Math.max(width, 68));
      }
      expect(
        lines(many, "WSC")
          .flat()
          .filter((cell) => ["64.4", "84.6", "81.7", "65.4", "65.1", "95.9"].includes(cell)),
      ).toHaveLength(6);
    },
  );

  it("has no color by default, and the same text with it", () => {
    expect(table).not.toContain("\u001b");
    const colored = renderTable(FULL, { published: DEFAULTS, seconds: 41.26, color: true });
    expect(colored).toContain("\u001b[1m62.2\u001b[22m");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the ANSI codes themselves
    expect(colored.replace(/\u001b\[\d+m/g, "").replace(/ +$/gm, "")).toBe(table);
  });

  it("removes control characters from users' texts", () => {
    const evil = "x\u001b[31m\u0007\r\n\u202ey";
    const results = run(
      [task(evil, [metric(evil, 0.5)]), task("t", [], { status: "failed", message: evil })],
      {
        model: evil,
        modelNote: evil,
        protocol: evil,
        split: evil,
      },
    );
    const text = renderTable(results, { published: [] });
    expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_C}/u);
    expect(text).toContain("x y");
  });

  it("suggests the nearest published row", () => {
    expect(() => renderTable(FULL, { published: ["bert-larg"] })).toThrow(
      expect.objectContaining({ kind: "usage", hint: expect.stringContaining("Did you mean bert-large?") }),
    );
  });
});

function widest(text: string): number {
  return Math.max(...text.split("\n").map((line) => line.length));
}
