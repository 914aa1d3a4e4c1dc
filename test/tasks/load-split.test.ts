import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type LimitOptions, loadTask } from "../../src/tasks/index.js";
import { catchError, folders, jsonLines } from "./helpers.js";
import { ROWS, TASK, taskFile } from "./weather.js";

const folder = folders();

describe("a task's data", () => {
  const load = async (rows: string, options: { task?: string; split?: string } & LimitOptions = {}) => {
    const task = await loadTask(options.task ?? taskFile(folder));
    const root = folder({ "weather.jsonl": rows });
    return { root, ...(await task.load({ root, ...options })) };
  };

  it("stops at the limit, but hashes the full file", async () => {
    const rows = jsonLines(ROWS);
    const { examples, hash } = await load(rows, { limit: 2 });
    expect(examples).toHaveLength(2);
    expect(hash).toBe(createHash("sha256").update(rows).digest("hex"));
  });

  it("reports whether a limit left some out, and keeps the ids of the file", async () => {
    const rows = jsonLines(Array.from({ length: 6 }, (_, k) => ({ ...ROWS[k % 3], idx: undefined })));
    expect(await load(rows, { limit: 6 })).not.toHaveProperty("isPart");
    expect(await load(rows, { limit: 5 })).toMatchObject({ isPart: true });
    const drawn = await load(rows, { limit: 0.5, limitBy: "random", limitSeed: 1 });
    expect(drawn).toMatchObject({ isPart: true });
    const all = await load(rows);
    expect(drawn.examples).toHaveLength(3);
    expect(all.examples.filter(({ id }) => drawn.examples.some((one) => one.id === id))).toEqual(
      drawn.examples,
    );
  });

  it("may be unlabeled", async () => {
    const { examples } = await load(jsonLines(ROWS.map(({ label: _, ...row }) => row)));
    expect(examples.map((example) => "label" in example)).toEqual([false, false, false]);
  });

  it("has gold texts if the task has no labels", async () => {
    const task = taskFile(folder, "labels: [false, true, 2]\nmetrics: [accuracy]", "metrics: [exact_match]");
    const text = readFileSync(task, "utf8");
    const free = join(
      folder({ "free.yaml": text.replace(/ {4}verbalizer.*\n/, '    answers: ["{{ a }}", "{{ b }}"]\n') }),
      "free.yaml",
    );
    const { examples } = await load(
      jsonLines([
        { ...ROWS[0], label: "x" },
        { ...ROWS[1], label: ["x", "z"] },
      ]),
      {
        task: free,
      },
    );
    expect(examples.map(({ gold, label }) => [gold, label])).toEqual([
      [["x"], undefined],
      [["x", "z"], undefined],
    ]);
  });

  it("is grouped by the columns that the task names", async () => {
    const { examples } = await load(jsonLines(ROWS), {
      task: taskFile(folder, "label: label", "label: label\ngroup: a\ncluster: b"),
    });
    expect(examples[0]).toMatchObject({ group: "x", cluster: "y" });
  });

  it("is found under the root, in the order of its names, otherwise next to the task file", async () => {
    const file = join(folder({ "task.yaml": TASK, "weather.jsonl": "", "other.jsonl": "" }), "task.yaml");
    const task = await loadTask(file);
    const both = folder({ "weather.jsonl": "", "other.jsonl": "" });
    expect(task.find({ root: both })).toBe(join(both, "weather.jsonl"));
    const second = folder({ "other.jsonl": "" });
    expect(task.find({ root: second })).toBe(join(second, "other.jsonl"));
    expect(task.find({ root: folder({}) })).toBe(join(file, "../weather.jsonl"));
    expect(task.find({ root: both, split: "test" })).toBeUndefined();
  });

  it("must exist", async () => {
    const task = await loadTask(taskFile(folder));
    const root = folder({});
    const error = await catchError(() => task.load({ root }));
    expect(error.message).toBe(
      `task weather: no weather.jsonl or other.jsonl in ${root} or next to the task file`,
    );
    const split = await catchError(() => task.load({ root, split: "test" }));
    expect([split.kind, split.message, split.hint]).toEqual([
      "usage",
      'task weather has no split "test"',
      "its splits are: validation",
    ]);
  });

  it.each([
    ['{"text": "a"\n', ":1: the line is not JSON"],
    ['{"text": "a", "a": "x", "b": "y"}\n\n[1]\n', ":3: found [1]; expected a JSON object"],
    ["\n\n", ": found no examples"],
    [
      `${jsonLines(ROWS)}{"text": "a", "a": "", "b": "", "label": "tru"}`,
      ':4: found label "tru" in column "label"',
    ],
    [
      jsonLines([
        { ...ROWS[0], idx: 4 },
        { ...ROWS[1], idx: 4 },
      ]),
      ':2: found example "4" again; it is already in line 1',
    ],
  ])("%j", async (rows, message) => {
    const task = await loadTask(taskFile(folder));
    const root = folder({ "weather.jsonl": rows });
    const error = await catchError(() => task.load({ root }));
    expect(error.message).toContain(`${join(root, "weather.jsonl")}${message}`);
  });

  it("must have the columns that the task names", async () => {
    const file = taskFile(folder);
    const task = await loadTask(file);
    const loadError = async (row: object) => {
      const root = folder({ "weather.jsonl": jsonLines([row]) });
      const error = await catchError(() => task.load({ root }));
      return [error.message, error.hint?.replace(root, "ROOT")];
    };
    expect(await loadError({ txt: "", a: "", b: "", label: true })).toEqual([
      `${file}:6:11: the data has no column "text"`,
      `Did you mean "txt"? The columns are: txt, a, b, label; and 2 more: run glm-eval tasks validate ${file} --data ROOT`,
    ]);
    expect(await loadError({ text: "", a: "", c: "", label: true })).toEqual([
      `${file}:17:30: pattern 1: the data has no column "b"`,
      expect.stringContaining("The columns are: text, a, c, label"),
    ]);
    expect(await loadError({ text: "", a: "", b: "", labels: true })).toEqual([
      `${file}:7:8: the data has no column "label"`,
      expect.stringContaining('Did you mean "labels"?'),
    ]);
  });

  it("is reported with pattern and example if a later row cannot be rendered", async () => {
    const task = await loadTask(taskFile(folder));
    const root = folder({ "weather.jsonl": jsonLines([ROWS[0], { text: "x", a: " ", b: null }]) });
    const { examples } = await task.load({ root });
    const empty = await catchError(() =>
      task.patterns[1]!.question({ ...examples[1]!, fields: { ...ROWS[0], a: " " } }),
    );
    expect(empty.message).toBe(`${task.file}:14:5: pattern 1: answer 1 is empty (example 1)`);
    const missing = await catchError(() => task.patterns[1]!.question(examples[1]!));
    expect(missing.message).toBe(
      `${task.file}:17:27: pattern 1: the expression cannot be evaluated: expected text or a number, found nothing (null) (example 1)`,
    );
  });
});
