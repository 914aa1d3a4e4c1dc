import { printingOptions } from "../../options/index.js";
import { defineCommand } from "./define.js";

export const command = defineCommand({
  describe: "The models whose scores it holds",
  options: printingOptions,
  examples: [["cache list", "what tells each model apart, how many questions, how large"]],
  run: async (options) => (await import("./cache/manage-cache.js")).list(options),
});
