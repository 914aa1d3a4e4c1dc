import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { evaluate, PROTOCOLS } from "../../src/runner/index.js";
import type { InfillQuestion, Scorer } from "../../src/scoring/index.js";
import { findTask } from "../../src/tasks/index.js";

const dataRoot = fileURLToPath(new URL("../../data/superglue-sample", import.meta.url));

/** Stands in for a model, to fail where none does: every answer is one token; questions of one task break it. */
function brokenFor(task: string): Scorer<InfillQuestion> {
  return {
    family: "infill",
    packs: true,
    prepare: ({ id, clozes }) => [
      { id, context: [], blank: 0, answers: clozes[0]!.answers.map(() => [1]), length: 1, cut: 0 },
    ],
    async score(rows) {
      if (rows.flat().some(({ id }) => id.startsWith(`${task}/`))) throw new TypeError("a defect");
      const answer = { isGreedy: [true], closing: { tokenIds: [2], logProbs: [-1], isGreedy: [false] } };
      return rows.map((row) =>
        row.map(({ answers }) =>
          answers.map((tokenIds, k) => ({ ...answer, tokenIds, tokenLogProbs: [-1 - k] })),
        ),
      );
    },
    token: String,
    close: async () => undefined,
  };
}

it("a defect in one task is told and kept, and the other tasks' results are not lost by it", async () => {
  const tasks = await Promise.all(["cb", "rte", "copa"].map(findTask));
  const options = { conventions: PROTOCOLS.glm, maxBatchTokens: 100, dataRoot };
  const evaluation = await evaluate(brokenFor("rte"), tasks, options);
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
