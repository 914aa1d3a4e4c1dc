import { writeFile } from "node:fs/promises";
import { combineRuns, finishedRun, format, formatComparison, judgeRun, readRun, run } from "glm-eval";

export async function compareModels(large: string, base: string): Promise<string> {
  // Run: score each model once. All its answers are in its run's folder.
  for (const [model, output] of [
    [large, "runs/large"],
    [base, "runs/base"],
  ] as const)
    await run(
      { tasks: ["copa", "rte"], model, output },
      { onEvent: (event) => event.type === "note" && console.error(event.text) },
    );

  // Judge: apply another convention to the same answers, without the model.
  const { results: perToken } = await judgeRun(await readRun("runs/large"), { normalization: "mean" });
  await writeFile("per-token.md", await format(perToken, "markdown", { published: [] }));

  // Compare: pair the two models example by example.
  const runs = [
    await finishedRun(await readRun("runs/large")),
    await finishedRun(await readRun("runs/base")),
  ];
  const { results, samples } = combineRuns(runs);

  // Report: one page with everything, and the differences as text.
  await writeFile("report.html", await format(results, "html", { published: ["glm-large"], samples }));
  return formatComparison(results, "text");
}
