import { compareOptions } from "../../options/index.js";
import { defineCommand } from "./define.js";

export const command = defineCommand({
  describe: "Paired differences of finished runs on the same examples",
  positionals: ["runs"],
  options: compareOptions,
  examples: [
    ["compare results/glm results/bert", "the first run less each of the others, with p"],
    ["compare results/glm results/bert --common --format latex", "on the examples that both have"],
  ],
  run: async (options) => (await import("./runs/finished-runs.js")).compare(options),
});
