import { createHash } from "node:crypto";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { computeMetric } from "../../src/metrics/index.js";
import { findTasks, getMetric, loadTask } from "../../src/tasks/index.js";
import { catchError, folders } from "./helpers.js";

const folder = folders();

/** A metric module: the share of examples that were predicted "yes". */
const MODULE = `export const name = "yes_rate";
export const title = "Yes";
export const description = "share of yes";
export const judges = "labels";
export const units = (predictions) => ({
  name: "examples",
  rows: predictions.map(({ predicted }) => [predicted === "yes" ? 1 : 0, 1]),
});
export const value = ([yes, all]) => yes / all;
`;

/** Writes a task with these metrics, next to these modules, and returns its path. */
function taskFile(metrics: string, modules: Record<string, string> = {}, labels = '["no", "yes"]'): string {
  const text = `task: t
title: T
data: { validation: rows.jsonl }
label: label
labels: ${labels}
metrics: ${metrics}
patterns: [{ id: p0, text: "{{ text }} [MASK].", answers: ["No", "Yes"] }]
`;
  return join(folder({ "task.yaml": text, ...modules }), "task.yaml");
}

describe("a task's metrics", () => {
  it("may be modules as well as built-in ones, identified by the names they export", async () => {
    const file = taskFile("[accuracy, ./judges/yes.mjs, f1_macro]", { "judges/yes.mjs": MODULE });
    const task = await loadTask(file);
    expect(task.metrics).toEqual(["accuracy", "yes_rate", "f1_macro"]);
    expect(task.metricModules).toEqual([
      {
        name: "yes_rate",
        file: join(file, "../judges/yes.mjs"),
        hash: createHash("sha256").update(MODULE).digest("hex"),
        metric: expect.objectContaining({ name: "yes_rate", title: "Yes", judges: "labels" }),
      },
    ]);
    expect(getMetric(task, "accuracy")).toBe("accuracy");
    const predictions = ["yes", "no", "yes", "yes"].map((predicted, k) => ({
      exampleId: String(k),
      predicted,
      label: "yes",
    }));
    const { labels } = task;
    expect(computeMetric(getMetric(task, "yes_rate"), predictions, { labels })).toMatchObject({
      metric: "yes_rate",
      value: 0.75,
      constant: 1,
    });
  });

  it("may be one default-exported object", async () => {
    const object = `const metric = {};\n${MODULE.replaceAll(/export const (\w+)/g, "metric.$1")}export default metric;\n`;
    const task = await loadTask(taskFile("[./yes.mjs]", { "yes.mjs": object }));
    expect(task.metrics).toEqual(["yes_rate"]);
  });

  it("must be built in unless they are a path", async () => {
    expect((await loadTask(taskFile("[accuracy]"))).metricModules).toEqual([]);
    const error = await catchError(() => loadTask(taskFile("[acuracy]")));
    expect(error.message).toContain(':6:11: there is no metric "acuracy"');
    expect(error.hint).toMatch(/^Did you mean "accuracy"\?.*; or the path of a module \(\.\/metric\.js\)$/);
  });

  it("are selected in a suite by their names", async () => {
    const file = taskFile("[accuracy, ./yes.mjs]", { "yes.mjs": MODULE });
    const suite = folder({
      "suite.yaml": `suite: s\ntitle: S\ntasks: [${file}]\naverage: { metrics: { t: [yes_rate] } }\n`,
    });
    const found = await findTasks(join(suite, "suite.yaml"));
    expect(found.suite!.metrics).toEqual({ t: ["yes_rate"] });
  });

  it.each([
    ["[./none.mjs]", "bad: the file does not exist"],
    ["[./yes.mjs]", "bad: the module failed to load: Error: no", "throw new Error('no');"],
    [
      "[./yes.mjs]",
      'bad: judges is \'label\'; expected "labels" or "texts"',
      MODULE.replace('"labels"', '"label"'),
    ],
    ["[./yes.mjs]", "bad: title is missing; expected non-empty text", MODULE.replace("title", "titel")],
    [
      "[accuracy, ./yes.mjs]",
      'bad: its name "accuracy" is taken by a built-in metric; expected another name',
      MODULE.replace("yes_rate", "accuracy"),
    ],
  ])(
    "are refused with their position in the task file: %s, %s",
    async (metrics, message, module = MODULE) => {
      const file = taskFile(metrics, { "yes.mjs": module });
      const error = await catchError(() => loadTask(file));
      expect(error.kind).toBe("data");
      const path = /\w+\.mjs/.exec(metrics)![0];
      const column = metrics.indexOf("./") + 10;
      const expected = message.replace("bad:", `metric ${join(file, "..", path)}:`);
      expect(error.message).toBe(`${file}:6:${column}: ${expected}`);
    },
  );

  it("must have distinct names", async () => {
    const error = await catchError(() =>
      loadTask(taskFile("[./yes.mjs, ./also.mjs]", { "yes.mjs": MODULE, "also.mjs": MODULE })),
    );
    expect(error.message).toContain(':6:22: found metric "yes_rate" twice');
    expect((await catchError(() => loadTask(taskFile("[accuracy, accuracy]")))).message).toContain(
      ':6:21: found metric "accuracy" twice',
    );
  });

  it("need labels if they judge labels", async () => {
    const error = await catchError(() => loadTask(taskFile("[./yes.mjs]", { "yes.mjs": MODULE }, "[]")));
    expect(error.message).toContain(":6:11: metric yes_rate judges labels, but the task has none");
  });
});
