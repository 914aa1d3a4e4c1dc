import { createHash } from "node:crypto";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { builtinSuites, findCompleteSuites, findTask, findTasks } from "../../src/tasks/index.js";
import { catchError, folders } from "./helpers.js";
import { TASK } from "./weather.js";

const folder = folders();

const SUITE = `suite: mine
title: My suite
tasks: [boolq, cb, ./tasks/weather.yaml]
average: { weight: examples, metrics: { cb: [accuracy] } }
`;
const suiteFile = (from = "", to = "", more: Record<string, string> = {}) => {
  if (!SUITE.includes(from)) throw new Error(`no ${from} in the suite file`);
  const content = SUITE.replace(from, () => to);
  return join(folder({ "suite.yaml": content, "tasks/weather.yaml": TASK, ...more }), "suite.yaml");
};

describe("a suite", () => {
  it("is found by name like a task: SuperGLUE is built in", async () => {
    expect(builtinSuites()).toEqual(["superglue"]);
    const { tasks, suite } = await findTasks("superglue");
    const names = ["boolq", "cb", "copa", "multirc", "record", "rte", "wic", "wsc"];
    expect(tasks.map(({ name }) => name)).toEqual(names);
    expect(suite).toMatchObject({
      name: "superglue",
      title: "SuperGLUE",
      tasks: names,
      weight: "equal",
      metrics: {},
    });
  });

  it("is found by its name next to a folder of the same name, in which people often keep the data", async () => {
    const before = process.cwd();
    process.chdir(folder({ "superglue/COPA/val.jsonl": "", "copa/val.jsonl": "" }));
    try {
      expect((await findTasks("superglue")).suite?.name).toBe("superglue");
      expect((await findTasks("copa")).tasks.map(({ name }) => name)).toEqual(["copa"]);
    } finally {
      process.chdir(before);
    }
  });

  it("is a file next to its tasks", async () => {
    const file = suiteFile();
    const { tasks, suite } = await findTasks(file);
    expect(tasks.map((task) => task.name)).toEqual(["boolq", "cb", "weather"]);
    expect(suite).toEqual({
      name: "mine",
      title: "My suite",
      file,
      hash: createHash("sha256").update(SUITE).digest("hex"),
      tasks: ["boolq", "cb", "weather"],
      weight: "examples",
      metrics: { cb: ["accuracy"] },
    });
  });

  it("is complete if all its tasks are included, however they were named", async () => {
    const { tasks } = await findTasks("superglue");
    expect((await findCompleteSuites([...tasks, await findTask("axb")])).map(({ name }) => name)).toEqual([
      "superglue",
    ]);
    expect(await findCompleteSuites(tasks.slice(1))).toEqual([]);
  });

  it("is not a task, and a task is not a suite", async () => {
    const { tasks, suite } = await findTasks("rte");
    expect([tasks.map(({ name }) => name), suite]).toEqual([["rte"], undefined]);
    const error = await catchError(() => findTasks("superglu"));
    expect([error.message, error.hint]).toEqual([
      'there is no task "superglu"',
      expect.stringContaining('Did you mean "superglue"?'),
    ]);
    expect((await catchError(() => findTasks("./none.yaml"))).message).toBe(
      "there is no task file ./none.yaml",
    );
  });

  it.each([
    ["title:", "titel:", ':2:1: unknown key "titel"'],
    ["title: My suite\n", "", ":1:1: title: missing; expected a title"],
    ["[boolq,", "[bolq,", ':3:9: there is no task "bolq"'],
    ["[boolq,", "[superglue,", ":3:9: superglue is a suite; expected a task"],
    ["[boolq,", "[./other.yaml,", ":3:9: ./other.yaml is a suite; expected a task"],
    ["[boolq,", "[./none.yaml,", ":3:9: there is no task file "],
    ["[boolq,", "[cb,", ':3:13: found task "cb" twice'],
    ["weather.yaml]", "broken.yaml]", ":3:20: there is no task file "],
    ["weight: examples", "weight: size", ':4:20: weight: found "size"; expected equal or examples'],
    ["weight: examples", "weigth: examples", ':4:12: unknown key "weigth"'],
    ["{ cb:", "{ rte:", ':4:41: the suite has no task "rte"'],
    ["[accuracy]", "[acc]", ':4:46: task "cb" has no metric "acc"'],
  ])("%j replaced with %j is refused: %s", async (from, to, message) => {
    const file = suiteFile(from, to, { "other.yaml": "suite: other\n" });
    const error = await catchError(() => findTasks(file));
    expect(error.kind).toBe("data");
    expect(error.message).toContain(`${file}${message}`);
  });
});
