import { compareOptions } from "../../options/index.js";
import { defineCommand } from "./define-command.js";

export const command = defineCommand({
  describe: "Compare finished runs on the same examples, with paired differences",
  positionals: ["runs"],
  options: compareOptions,
  examples: [
    ["compare results/glm results/bert", "the first run minus each of the others, with p-values"],
    ["compare results/glm results/bert --common --format latex", "on the examples that both runs share"],
  ],
  run: async (options) => (await import("./runs/finished-runs.js")).compare(options),
});
