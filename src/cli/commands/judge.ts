import { judgeOptions } from "../../options/index.js";
import { defineCommand } from "./define-command.js";

export const command = defineCommand({
  describe: "Recompute a run's results with other conventions, without its model",
  positionals: ["run"],
  options: judgeOptions,
  examples: [
    ["judge results/mine", "the same results again"],
    [
      "judge results/mine --normalization bytes --output results/by-bytes",
      "scores divided by the answers' length in bytes",
    ],
    ["judge results/mine --patterns p0,p1 --format markdown", "results of some patterns only"],
  ],
  run: async (options) => (await import("./runs/finished-runs.js")).judge(options),
});
