import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { PROTOCOLS } from "../../src/options/index.js";
import { evaluate } from "../../src/runner/index.js";
import { findTask } from "../../src/tasks/index.js";
import { standIn } from "./stand-in.js";

const dataRoot = fileURLToPath(new URL("../../data/superglue-sample", import.meta.url));

it("a bug in one task is reported, and the other tasks keep their results", async () => {
  const tasks = await Promise.all(["cb", "rte", "copa"].map(findTask));
  const options = { conventions: PROTOCOLS.glm, maxBatchTokens: 100, dataRoot };
  const evaluation = await evaluate(standIn({ brokenFor: "rte" }), tasks, options);
  expect(evaluation.tasks.map(({ task, status }) => [task, status])).toEqual([
    ["cb", "done"],
    ["rte", "failed"],
    ["copa", "done"],
  ]);
  expect(evaluation.tasks[1]!.message).toBe("TypeError: a defect");
  expect(evaluation.error).toBeInstanceOf(TypeError);
  // Always the first answer: "0" in COPA, which is right in half of the sample.
  expect(evaluation.tasks[2]!.metrics[0]).toMatchObject({ metric: "accuracy", value: 0.5 });
});

it("returns the predictions of each completed task and pattern, with gold, group and cluster", async () => {
  const tasks = await Promise.all(["rte", "copa", "multirc"].map(findTask));
  const evaluation = await evaluate(standIn({ brokenFor: "rte" }), tasks, {
    conventions: PROTOCOLS.glm,
    maxBatchTokens: 100,
    dataRoot,
    patterns: ["p0", "p1"],
    limit: 4,
  });
  expect(evaluation.judged.map(({ task, pattern, labels }) => [task, pattern, labels])).toEqual([
    ["copa", "p0", ["0", "1"]],
    ["copa", "p1", ["0", "1"]],
    ["copa", "ensemble", ["0", "1"]],
    ["multirc", "p0", ["0", "1"]],
    ["multirc", "p1", ["0", "1"]],
    ["multirc", "ensemble", ["0", "1"]],
  ]);
  expect(evaluation.judged[0]!.predictions.map(({ predicted }) => predicted)).toEqual(["0", "0", "0", "0"]);
  for (const prediction of evaluation.judged[3]!.predictions) {
    expect(prediction.group).toMatch(new RegExp(`^${prediction.cluster}-`));
    expect(prediction.exampleId.startsWith(prediction.group!)).toBe(true);
    expect(["0", "1"]).toContain(prediction.label);
  }
});
