import path from "node:path";
import { listPublished, resultsTable, run } from "glm-eval";
import { expect, it } from "vitest";
import { definitionList } from "./definition-list.js";
import { testFolder } from "./folder.js";
import { loadLetters } from "./letters-model.js";

const folder = testFolder();

it("a report of one's own is made of the table's cells", async () => {
  const { results } = await run(
    {
      tasks: ["copa", "axb"],
      model: "letters",
      baseline: ["others"],
      output: path.join(folder, "run"),
      cache: false,
    },
    { load: loadLetters },
  );
  const report = definitionList(results, ["bert-large"]).split("\n");
  const accuracy = results.tasks.find(({ task }) => task === "copa")!.metrics[0]!.value;
  const copa = report.find((line) => line.startsWith("COPA"))!;
  const own = (accuracy * 100).toFixed(1);
  const bert = listPublished().find(({ id }) => id === "bert-large")!;
  const value = bert.cells.get("copa")!.get("accuracy")!;
  // The two models are the same one.
  expect(copa).toBe(
    `COPA Acc.: Value ${own}; others ${own}, 0.0 points, p = 1.000; ` +
      `${bert.model} ${bert.setting} ${bert.split} set ${value.percent.toFixed(1)}`,
  );
  const { notes } = resultsTable(results, { published: ["bert-large"] });
  expect(notes.length).toBeGreaterThan(0);
  expect(report.filter((line) => line.startsWith("("))).toEqual(notes.map(({ text }) => `(${text})`));
});
