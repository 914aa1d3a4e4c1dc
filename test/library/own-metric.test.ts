import { copyFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { computeMetric, findTask, judgeRun, type Prediction, readRun, run } from "glm-eval";
import { expect, it } from "vitest";
import { testFolder } from "./folder.js";
import { loadLetters } from "./letters-model.js";
import surprise from "./surprise.mjs";

const folder = testFolder();

it("a metric of one's own has a value, an interval, and no number of its own that is wrong", () => {
  const of = (label: string, yes: number): Prediction => ({
    exampleId: `${label} ${yes}`,
    predicted: yes > 0.5 ? "yes" : "no",
    label,
    // Not normalised, and far below what exp can write.
    scores: [
      { label: "no", score: Math.log(1 - yes) - 1000 },
      { label: "yes", score: Math.log(yes) - 1000 },
    ],
  });
  // Probabilities of the right label 1/2 and 1/8: 1 bit and 3 bits.
  const result = computeMetric(surprise, [of("yes", 0.5), of("no", 0.875)], { labels: ["no", "yes"] });
  expect(result).toMatchObject({ metric: "surprise", title: "Surprise", better: "lower" });
  expect(result.value).toBeCloseTo(2, 10);
  expect([result.low, result.high].map((each) => Math.round(each * 1e9) / 1e9)).toEqual([1, 3]);
});

it("a task file names it by its path, and a run is judged by it again", async () => {
  const file = path.join(folder, "surprise.yaml");
  for (const name of ["surprise.yaml", "surprise.mjs"])
    copyFileSync(`test/library/${name}`, path.join(folder, name));
  const rows = [
    { statement: "Snow is white.", label: "yes" },
    { statement: "Snow is black.", label: "no" },
  ];
  writeFileSync(
    path.join(folder, "statements.jsonl"),
    rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
  );
  expect((await findTask(file)).metricModules.map(({ name }) => name)).toEqual(["surprise"]);
  const output = path.join(folder, "run");
  const { results } = await run(
    { tasks: [file], model: "letters", data: folder, output, cache: false },
    { load: loadLetters },
  );
  expect(results.tasks[0]?.metrics.map(({ metric }) => metric)).toEqual(["accuracy", "surprise"]);
  expect((await judgeRun(await readRun(output))).results).toEqual(results);
});
