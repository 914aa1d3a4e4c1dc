import { judgeOptions } from "../../options/index.js";
import { defineCommand } from "./define.js";

export const command = defineCommand({
  describe: "A finished run's results again, by other conventions, without its model",
  positionals: ["run"],
  options: judgeOptions,
  examples: [
    ["judge results/mine", "the same results once more"],
    ["judge results/mine --normalization bytes --output results/by-bytes", "scores by the answers' bytes"],
    ["judge results/mine --patterns p0,p1 --format markdown", "of some patterns only"],
  ],
  run: async (options) => (await import("./runs/finished-runs.js")).judge(options),
});
