import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/findings.js";
import { checkTask, findTask, loadTask } from "../../src/tasks/index.js";
import { folders, jsonLines } from "./helpers.js";
import { ROWS, TASK } from "./weather.js";

const folder = folders();

/** Checks a task file next to its data. */
async function check(yaml: string, rows: string | readonly unknown[] = ROWS, limit?: number) {
  const data = typeof rows === "string" ? rows : jsonLines(rows);
  const root = folder({ "task.yaml": yaml, "weather.jsonl": data });
  return checkTask(join(root, "task.yaml"), { root, ...(limit && { limit }) });
}

/** "12:34 unknown-column", without the file; data findings have a line only. */
function short({ line, column, code, pattern }: Finding): string {
  return `${[line, column].filter(Boolean).join(":")} ${code}${pattern ? ` ${pattern}` : ""}`;
}

describe("checkTask reports everything at once", () => {
  it("in a valid task file: nothing", async () => {
    const { findings, task, dataset, patterns, split } = await check(TASK);
    expect(findings.list).toEqual([]);
    expect(task!.name).toBe("weather");
    expect(dataset!.examples).toHaveLength(3);
    expect(patterns.map(({ id }) => id)).toEqual(["p0", "1"]);
    expect(split).toBe("validation");
  });

  it("in keys, labels, metrics, templates, words and names", async () => {
    const yaml = [
      "task: weather", // 1
      "titel: Weather, is it fine?",
      "data: { reader: jsonl, validation: weather.jsonl, clean: [txt] }",
      "label: labl",
      "labels: [false, true, 2, false]", // 5
      "metrics: [acuracy, accuracy]",
      "group: pair",
      "default_pattern: p9",
      "patterns:",
      "  - id: p0", // 10
      '    text: "{{ tex | shorten }} {{ text | lowr }}? [MASK] [MASK]."',
      '    verbalizer: { false: "No", true: ["Yes", "No"], 3: Maybe }',
      "  - id: p0",
      "    text: >-",
      "      {{ text }} quoted", // 15
      "    answers:",
      '      - "{{ a }}"',
      '      - "{{ c }}"',
      "    decision: first",
      "  - id: p2", // 20
      '    text: "{{ text }} [MASK]"',
      "    verbaliser: { false: a, true: b, 2: c }",
      "    normalization: median",
    ].join("\n");
    const rows = [
      { text: "sun", a: "x", label: true },
      { text: "rain", a: "x", label: false },
    ];
    const { findings, task, patterns } = await check(yaml, rows);
    expect(task).toBeUndefined();
    expect(patterns).toEqual([]);
    expect(findings.list.map(short).sort()).toEqual(
      [
        "2:1 unknown-key",
        "22:5 unknown-key",
        "23:20 bad-value",
        "3:59 unknown-column",
        "4:8 unknown-column",
        "5:26 duplicate-label",
        "6:11 unknown-metric",
        "7:8 unknown-column",
        "8:18 unknown-pattern",
        "11:15 unknown-column p0",
        "11:32 unknown-filter p0",
        "11:58 second-blank p0",
        "12:17 unknown-label p0",
        "12:17 label-without-word p0",
        "12:17 duplicate-word p0",
        "13:9 duplicate-pattern",
        "15:7 no-blank p0",
        "18:13 unknown-column p0",
        "19:15 decision-labels p0",
      ].sort(),
    );
    const hints = Object.fromEntries(findings.list.map((each) => [short(each), each.hint]));
    expect(hints["3:59 unknown-column"]).toMatch(/^Did you mean "text"\?/);
    expect(hints["4:8 unknown-column"]).toMatch(/^Did you mean "label"\?/);
    expect(hints["6:11 unknown-metric"]).toMatch(/^Did you mean "accuracy"\?/);
    expect(hints["11:32 unknown-filter p0"]).toMatch(/^Did you mean "lower"\?/);
  });

  it("does not report the intended key of a mistyped one as missing", async () => {
    const { findings } = await check(TASK.replace("labels:", "lables:"));
    expect(findings.list.map(short)).toEqual(["8:1 unknown-key"]);
  });

  it("in YAML: every error and every duplicate key", async () => {
    const twice = await check(TASK.replace("label: label", "label: label\nlabel: a"));
    expect(twice.findings.list.map(short)).toEqual(["8:1 duplicate-key"]);
    expect(twice.findings.list[0]!.message).toBe('found the key "label" again; it is already on line 7');
    const broken = await check("task: [a\nb: }\n");
    expect(broken.findings.errors).toBeGreaterThan(1);
    expect(broken.findings.list.every(({ code }) => code === "not-yaml")).toBe(true);
  });

  it("in the data: rows, labels, ids and examples that cannot be rendered, at most ten of a kind", async () => {
    const rows = [
      ...ROWS,
      { text: "x", a: " ", b: "y", label: true },
      { text: "x", a: null, b: "y", label: "maybe" },
      { text: "x", a: "x", b: "y", label: true, idx: 0 },
      { text: "x", b: "y", label: true },
    ];
    const broken = `${jsonLines(rows)}{"text": \n[1]\n${jsonLines(
      Array.from({ length: 30 }, () => ({ text: "x", a: "x", b: "y", label: "?" })),
    )}`;
    const { findings, dataset, file } = await check(TASK, broken);
    expect(findings.list.filter(({ line }) => (line ?? 0) < 12).map(short)).toEqual([
      "8 not-json",
      "9 not-json",
      "5 unknown-gold-label",
      "10 unknown-gold-label",
      "11 unknown-gold-label",
      "6 duplicate-example",
    ]);
    const cannot = findings.list.filter(({ example }) => example !== undefined);
    expect(cannot.map((each) => [short(each), each.example])).toEqual([
      ["14:5 bad-answers 1", "3"],
      ["17:16 cannot-compute 1", "4"],
      ["17:19 unknown-column 1", "6"],
    ]);
    expect(cannot.every((each) => each.file === file)).toBe(true);
    expect(findings.omitted).toEqual([{ severity: "error", code: "unknown-gold-label", count: 21 }]);
    expect(dataset!.examples).toHaveLength(37);
  });

  it("continues with the examples if only one pattern has errors", async () => {
    const { findings, patterns } = await check(TASK.replace("Fine? [MASK]", "Fine?"), [
      { ...ROWS[0], a: "" },
    ]);
    expect(patterns.map(({ id }) => id)).toEqual(["1"]);
    expect(findings.list.map(short)).toEqual([
      "12:12 no-blank p0",
      "8:10 unused-label",
      "8:23 unused-label",
      "14:5 bad-answers 1",
    ]);
  });

  it("warns of labels without examples, no gold, gold that is not an answer, and no data", async () => {
    const two = await check(TASK, ROWS.slice(0, 2));
    expect(two.findings.list.map((each) => [each.severity, short(each)])).toEqual([
      ["warning", "8:23 unused-label"],
    ]);
    expect((await check(TASK, ROWS, 2)).findings.list).toEqual([]);
    const bare = await check(
      TASK,
      ROWS.map(({ label: _, ...row }) => row),
    );
    expect(bare.findings.list.map(short)).toEqual(["7:8 no-gold"]);
    const free = await check(
      TASK.replace("labels: [false, true, 2]\nmetrics: [accuracy]", "metrics: [exact_match]").replace(
        / {4}verbalizer.*\n/,
        '    answers: ["{{ a }}"]\n',
      ),
      [
        { ...ROWS[0], label: " X" },
        { ...ROWS[1], label: ["z", "q"] },
      ],
    );
    expect(free.findings.list.map((each) => [short(each), each.example])).toEqual([
      ["10:5 gold-not-an-answer p0", "1"],
      ["13:5 gold-not-an-answer 1", "1"],
    ]);
    const root = folder({ "task.yaml": TASK });
    const nowhere = await checkTask(join(root, "task.yaml"), { root });
    expect(nowhere.missing!.code).toBe("no-data");
    expect(nowhere.findings.errors).toBe(0);
    const { missing } = await checkTask(join(root, "task.yaml"), { root, split: "test" });
    expect(missing!.message).toBe('the task has no split "test"; its splits are: validation');
  });

  it("lists the rows that have no gold label or an empty text", async () => {
    const { findings, dataset } = await check(TASK, [
      { ...ROWS[0], text: " \u200b" },
      { ...ROWS[1], label: null },
      { ...ROWS[2], text: "" },
      ...[0, 1].map((k) => ({ ...ROWS[k], idx: `more ${k}` })),
    ]);
    expect(findings.list.map(({ severity, line, message }) => [severity, line, message])).toEqual([
      ["warning", 1, 'column "text" is empty in 2 of 5 examples: lines 1, 3'],
      ["warning", 2, '1 of 5 examples has no gold label in column "label": line 2'],
    ]);
    expect(dataset!.examples).toHaveLength(5);
    const root = folder({ "task.yaml": TASK, "weather.jsonl": jsonLines([{ ...ROWS[0], text: "" }]) });
    const { warnings } = await (await loadTask(join(root, "task.yaml"))).load({ root, limit: 1 });
    expect(warnings).toContainEqual(
      expect.stringContaining('weather.jsonl:1: column "text" is empty in 1 of 1'),
    );
  });

  it("does not report missing labels in a test split, and says if a task names no label column", async () => {
    const rows = jsonLines(ROWS.map(({ label: _, ...row }) => row));
    const root = folder({
      "task.yaml": TASK.replace("  clean:", "  test: weather.jsonl\n  clean:"),
      "weather.jsonl": rows,
    });
    const test = await checkTask(join(root, "task.yaml"), { root, split: "test" });
    expect(test.findings.list).toEqual([]);
    const { findings } = await check(TASK.replace("label: label\n", ""));
    expect(findings.list.map(short)).toEqual(["8:10 no-gold"]);
  });

  it.each([
    ["accuracy", "exact_match", /metric exact_match: example "0" has no gold text/],
    ["accuracy", "f1a", /metric f1a/],
    ["accuracy", "gender_parity", /metric gender_parity/],
  ])("refuses a metric that cannot judge the data: %s, %s", async (from, to, message) => {
    const { findings } = await check(TASK.replace(`metrics: [${from}]`, `metrics: [${from}, ${to}]`));
    expect(findings.list).toEqual([
      expect.objectContaining({
        ...{ severity: "error", code: "metric-not-applicable", line: 9, column: 21 },
        message: expect.stringMatching(message),
      }),
    ]);
  });

  it("accepts one metric without brackets", async () => {
    const { findings, task } = await check(TASK.replace("[accuracy]", "accuracy"));
    expect(findings.list).toEqual([]);
    expect(task!.metrics).toEqual(["accuracy"]);
    const wrong = await check(TASK.replace("[accuracy]", "acuracy"));
    expect(wrong.findings.list.map(short)).toEqual(["9:10 unknown-metric"]);
  });

  it("finds nothing wrong with the built-in tasks and their sample", async () => {
    for (const name of ["boolq", "copa", "multirc", "record", "wsc", "axg"]) {
      const { file } = await findTask(name);
      const { findings, dataset } = await checkTask(file, { root: "data/superglue-sample" });
      expect(dataset!.examples.length).toBeGreaterThan(10);
      expect(findings.list.map(short)).toEqual([]);
    }
  });
});
