import { createHash } from "node:crypto";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadTask } from "../../src/tasks/index.js";
import { catchError, folders, jsonLines } from "./helpers.js";
import { ROWS, TASK, taskFile } from "./weather.js";

const folder = folders();

describe("a task file", () => {
  it("becomes a task", async () => {
    const file = taskFile(folder);
    const task = await loadTask(file);
    expect(task).toMatchObject({
      name: "weather",
      title: "Weather, is it fine?",
      file,
      hash: createHash("sha256").update(TASK).digest("hex"),
      labels: ["false", "true", "2"],
      metrics: ["accuracy"],
      defaultPattern: "p0",
      dataFiles: { validation: ["weather.jsonl", "other.jsonl"] },
    });
    expect(task.patterns.map(({ id, decision, normalization }) => [id, decision, normalization])).toEqual([
      ["p0", "best", "sum"],
      ["1", "best", "mean"],
    ]);
  });

  it("gives the prior in the order of the labels", async () => {
    const prior = "label: label\nprior: { 2: 0.5, false: 0.2, true: 0.3 }";
    expect((await loadTask(taskFile(folder, "label: label", prior))).prior).toEqual([0.2, 0.3, 0.5]);
    expect((await loadTask(taskFile(folder))).prior).toBeUndefined();
    const file = join(
      folder({
        "task.yaml": `task: t
title: T
data: { validation: x.jsonl }
label: label
labels: [false, true]
prior: { false: 0.9, true: 0.1 }
metrics: [accuracy]
patterns: [{ id: p0, text: "[MASK]", answers: [x], decision: greedy }]
`,
      }),
      "task.yaml",
    );
    expect((await catchError(() => loadTask(file))).message).toContain(
      `${file}:8:62: pattern p0: the task has a prior, which is added to label scores; decision "greedy" has none`,
    );
  });

  it("sets how a label's words are aggregated; the pattern overrides the task", async () => {
    const load = async (from: string, to: string) =>
      (await loadTask(taskFile(folder, from, to))).patterns.map(({ aggregate }) => aggregate);
    expect(await load("", "")).toEqual([undefined, undefined]);
    expect(await load("label: label", "label: label\naggregate: sum")).toEqual(["sum", "sum"]);
    const both = "id: p0\n    aggregate: max";
    expect(await load("id: p0", both)).toEqual(["max", undefined]);
  });

  it("renders questions from the data", async () => {
    const task = await loadTask(taskFile(folder));
    const root = folder({ "other.jsonl": jsonLines(ROWS) });
    const { examples, file, hash } = await task.load({ root });
    expect(file).toBe(join(root, "other.jsonl"));
    expect(hash).toBe(createHash("sha256").update(jsonLines(ROWS)).digest("hex"));
    expect(examples.map(({ id, label }) => [id, label])).toEqual([
      ["0", "true"],
      ["1", "false"],
      ["2", "2"],
    ]);
    expect(task.patterns[0]!.question(examples[0]!)).toEqual({
      id: "weather/p0/0",
      answerKind: "words",
      clozes: [
        {
          pattern: {
            parts: [
              { kind: "text", text: '"Sun" - all day', shortenable: true },
              { kind: "text", text: " Fine?", shortenable: false },
              { kind: "blank" },
              { kind: "text", text: ".", shortenable: false },
            ],
            spaceBeforeBlank: true,
          },
          answers: [
            { text: " No", label: "false" },
            { text: " Yes", label: "true" },
            { text: " Sure", label: "true" },
            { text: " Maybe", label: "2" },
          ],
        },
      ],
    });
    const second = task.patterns[1]!.question(examples[1]!);
    expect(second.answerKind).toBe("texts");
    expect(second.clozes[0]!.answers).toEqual([
      { text: " x", label: "false" },
      { text: " y", label: "true" },
      { text: " no", label: "2" },
    ]);
  });

  it.each([
    ["task: weather", "task: [weather", ":2:1: the file is not YAML"],
    ["metrics: [accuracy]", "metrics: [exact_match, acc]", ':9:24: there is no metric "acc"'],
    ["labels: [false, true, 2]\n", "", ":8:11: metric accuracy judges labels, but the task has none"],
    ["title:", "titel:", ':2:1: unknown key "titel"'],
    ["title: Weather, is it fine?\n", "", ":1:1: title: missing; expected a title"],
    ["  reader: jsonl", "  reader: jsonl\n  vlidation: x", ':5:3: unknown key "vlidation"'],
    ["reader: jsonl", "reader: jsnl", ':4:11: there is no reader "jsnl"'],
    ["  validation: [weather.jsonl, other.jsonl]\n", "", ":4:3: data names no file"],
    [
      "[weather.jsonl, other.jsonl]",
      "{ a: b }",
      ':5:15: validation: found {"a":"b"}; expected a path or a list',
    ],
    ["labels: [false, true, 2]", "labels: [false, true, false]", ':8:23: found label "false" twice'],
    ["metrics: [accuracy]", "metrics: acc", ':9:10: there is no metric "acc"'],
    ["metrics: [accuracy]", "metrics: [accuracy]\ndefault_pattern: p3", ':10:18: there is no pattern "p3"'],
    ["label: label", "label_is: index", ":7:11: label_is describes the label column, but label names none"],
    ["id: 1", "id: ensemble", ':14:9: id: found "ensemble"; expected a name other than all and ensemble'],
    ["label: label", "prior: { false: 0.5, true: 0.5, 3: 0.1 }", ':7:33: "3" is not a label of this task'],
    ["label: label", "prior: { false: 0.5, true: 0.5 }", ':7:8: found no probability for label "2"'],
    [
      "label: label",
      "prior: { false: 0.5, true: 0.3, 2: 0.3 }",
      ":7:8: the probabilities sum to 1.1; expected 1",
    ],
    [
      "label: label",
      "prior: { false: 0.5, true: 0.5, 2: 0 }",
      ":7:36: 2: found 0; expected a probability above 0",
    ],
    ["id: 1", "id: p0", ':14:9: found pattern "p0" twice'],
    ["    verbalizer:", "    verbaliser:", ':13:5: unknown key "verbaliser"'],
    [
      "    verbalizer: {",
      "    answers: [x]\n    verbalizer: {",
      ":11:5: pattern p0: found 2 sources of answers",
    ],
    ["2: Maybe", "3: Maybe", ':13:17: pattern p0: found words for "3", which is not a label of this task'],
    [", 2: Maybe", "", ':13:17: pattern p0: found no word for label "2"'],
    ["2: Maybe", "2: Sure", ':13:17: pattern p0: found "Sure" for both "true" and "2"'],
    ["2: Maybe", "2: []", ":13:58: 2: found []; expected a word or a list of words"],
    ['["{{ a }}", "{{ b }}", no]', '["{{ a }}"]', ":17:14: pattern 1: found 1 answers; expected 3"],
    [
      "normalization: mean",
      "normalization: median",
      ':18:20: normalization: found "median"; expected sum or mean',
    ],
    ["normalization: mean", "decision: first", ':18:15: pattern 1: "first" chooses between two labels'],
    ["normalization: mean", "choices: [x]", ":18:14: pattern 1: each choice has its own text"],
    [" Fine? [MASK].", " Fine? MASK.", ":12:12: pattern p0: found no [MASK]"],
    ['"quoted" [MASK]', '"quoted" [MASK] [MASK]', ":16:34: pattern 1: found a second [MASK]"],
    ["Fine? [MASK].", "[MASK]\\n{% set x = 1 %}", ":12:41: pattern p0: found a block"],
    ['"{{ b }}", no', '"{{ b | lover }}", no', ':17:27: pattern 1: there is no filter "lover"'],
  ])("%j replaced with %j", async (from, to, message) => {
    const file = taskFile(folder, from, to);
    const error = await catchError(() => loadTask(file));
    expect(error.kind).toBe("data");
    expect(error.message).toContain(`${file}${message}`);
  });

  it.each([
    ["title:", "titl:", 'Did you mean "title"?'],
    ["    verbalizer:", "    verbaliser:", 'Did you mean "verbalizer"?'],
    ['"{{ text | shorten }} Fine? [MASK]."', "Text: {{ text }} [MASK].", "put the complete text in quotes"],
    ['"{{ text | shorten }} Fine? [MASK]."', "{{ text }} Fine? [MASK].", "put the complete text in quotes"],
    ['"{{ text | shorten }} Fine? [MASK]."', "[MASK] is {{ text }}", "put the complete text in quotes"],
    ["reader: jsonl", "reader: jsnl", 'Did you mean "jsonl"?'],
    [
      "reader: jsonl",
      "reader: mrc",
      "The readers are: jsonl, json, csv, tsv, parquet, multirc, record, wsc, axg",
    ],
  ])("%j replaced with %j: %s", async (from, to, hint) => {
    const file = taskFile(folder, from, to);
    expect((await catchError(() => loadTask(file))).hint).toContain(hint);
  });

  it("is checked against the reader's columns before any data is read", async () => {
    const file = taskFile(folder, "reader: jsonl", "reader: wsc");
    const error = await catchError(() => loadTask(file));
    expect(error.message).toBe(`${file}:17:19: pattern 1: the data has no column "a"`);
  });

  it("must exist and be a task", async () => {
    const root = folder({ "empty.yaml": "", "list.yaml": "- a\n" });
    expect((await catchError(() => loadTask(join(root, "none.yaml")))).message).toBe(
      `there is no task file ${join(root, "none.yaml")}`,
    );
    expect((await catchError(() => loadTask(root))).message).toBe(
      `${root} is a folder; expected a task file`,
    );
    for (const name of ["empty.yaml", "list.yaml"]) {
      const error = await catchError(() => loadTask(join(root, name)));
      expect(error.message).toContain(`${join(root, name)}:1:1: `);
      expect(error.message).toContain("expected a task");
    }
  });
});
