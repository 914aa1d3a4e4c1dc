import { reportOptions } from "../../options/index.js";
import { defineCommand } from "./define-command.js";

export const command = defineCommand({
  describe: "Report finished runs as a table, HTML page, LaTeX or leaderboard zip",
  positionals: ["runs"],
  options: reportOptions,
  examples: [
    ["report results/mine --format html --output mine.html", "an HTML page with plots and examples"],
    ["report results/glm results/bert --format latex", "a table for a paper"],
    ["report results/mine --examples wrong -n 20", "examples with wrong answers"],
    [
      "report results/test --format superglue --output submission.zip",
      "for super.gluebenchmark.com, from a run with --split test",
    ],
  ],
  run: async (options) => (await import("./runs/finished-runs.js")).report(options),
});
