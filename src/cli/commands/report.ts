import { reportOptions } from "../../options/index.js";
import { defineCommand } from "./define.js";

export const command = defineCommand({
  describe: "Finished runs as a table, a page, a paper's table or the leaderboard's zip",
  positionals: ["runs"],
  options: reportOptions,
  examples: [
    ["report results/mine --format html --output mine.html", "one page with plots and examples"],
    ["report results/glm results/bert --format latex", "a table for a paper"],
    ["report results/mine --examples wrong -n 20", "what was answered wrongly"],
    [
      "report results/test --format superglue --output submission.zip",
      "for super.gluebenchmark.com, of a run with --split test",
    ],
  ],
  run: async (options) => (await import("./runs/finished-runs.js")).report(options),
});
