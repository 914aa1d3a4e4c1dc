import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { metricNames } from "../../src/metrics/index.js";
import { builtinTaskFile, builtinTasks, findTask } from "../../src/tasks/index.js";
import { catchError, folders } from "./helpers.js";
import { taskFile } from "./weather.js";

const folder = folders();

describe("the built-in tasks", () => {
  it("are SuperGLUE's tasks, in its order", () => {
    expect(builtinTasks()).toEqual([
      "boolq",
      "cb",
      "copa",
      "multirc",
      "record",
      "rte",
      "wic",
      "wsc",
      "axb",
      "axg",
    ]);
    expect(readdirSync(join(builtinTaskFile("rte"), ".."))).toHaveLength(10);
  });

  it.each([
    ["boolq", ["p0", "p1", "p2", "p3", "p4", "p5"], "p4", ["accuracy"]],
    ["cb", ["p0", "p1", "p2", "p3", "p4"], "p3", ["f1_macro", "accuracy"]],
    ["copa", ["p0", "p1", "p2"], "p0", ["accuracy"]],
    ["multirc", ["p0", "p1", "p2", "p3", "p4"], "p0", ["f1a", "em"]],
    ["record", ["p0"], "p0", ["token_f1", "exact_match"]],
    ["rte", ["p0", "p1", "p2", "p3", "p4"], "p0", ["accuracy"]],
    ["wic", ["p0", "p1", "p2"], "p1", ["accuracy"]],
    ["wsc", ["p0", "p1", "p2", "p0-exact", "p1-exact", "p2-exact"], "p2", ["accuracy"]],
    ["axb", ["p0", "p1", "p2", "p3", "p4"], "p0", ["mcc"]],
    ["axg", ["p0", "p1", "p2", "p3", "p4"], "p0", ["gender_parity", "accuracy"]],
  ])(
    "%s has GLM's patterns, its default and known metrics",
    async (name, patterns, defaultPattern, metrics) => {
      const task = await findTask(name);
      expect(task.name).toBe(name);
      expect(task.patterns.map(({ id }) => id)).toEqual(patterns);
      expect(task.defaultPattern).toBe(defaultPattern);
      expect(task.metrics).toEqual(metrics);
      expect(metricNames()).toEqual(expect.arrayContaining(metrics));
    },
  );

  it("judge WSC by the best candidate or by the exact phrase", async () => {
    const { patterns } = await findTask("wsc");
    expect(patterns.map(({ decision, normalization }) => `${decision} ${normalization}`)).toEqual([
      ...Array(3).fill("first mean"),
      ...Array(3).fill("greedy sum"),
    ]);
  });

  it("are found by name or by file", async () => {
    const file = taskFile(folder);
    expect((await findTask(file)).name).toBe("weather");
    const error = await catchError(() => findTask("bolq"));
    expect([error.code, error.kind, error.message]).toEqual([
      "task-not-found",
      "usage",
      'there is no task "bolq"',
    ]);
    expect(error.hint).toContain('Did you mean "boolq"? The tasks are: boolq, cb,');
    expect(await catchError(() => findTask("./boolq"))).toMatchObject({
      code: "task-file-unreadable",
      message: "there is no task file ./boolq",
    });
  });
});
