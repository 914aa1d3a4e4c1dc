import { describe, expect, it } from "vitest";
import { classTables, toText } from "../../../src/report/index.js";
import { metric, task } from "../results.js";

const CB = task("cb", [metric("accuracy", 0.8)], {
  confusion: {
    labels: ["entailment", "contradiction", "neutral"],
    counts: [
      [20, 3, 0],
      [4, 24, 0],
      [2, 3, 0],
    ],
  },
});

describe("classTables", () => {
  it("contain the results of each class and the confusion matrix", () => {
    const [classes, matrix, ...more] = classTables([CB, task("copa", [])]).map((table) => toText(table));
    expect(more).toEqual([]);
    expect(classes).toMatchInlineSnapshot(`
      "CB: per class; values in percent

      Class          Precision  Recall    F1  Support
      ────────────────────────────────────────────────
      entailment          76.9    87.0  81.6       23
      contradiction       80.0    85.7  82.8       28
      neutral                –     0.0   0.0        5"
    `);
    expect(matrix).toMatchInlineSnapshot(`
      "CB: confusion matrix; numbers of examples, gold by predicted

      Gold           entailment  contradiction  neutral
      ──────────────────────────────────────────────────
      entailment             20              3        0
      contradiction           4             24        0
      neutral                 2              3        0"
    `);
  });
});
