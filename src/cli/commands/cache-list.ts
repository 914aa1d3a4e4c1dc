import { printingOptions } from "../../options/index.js";
import { defineCommand } from "./define-command.js";

export const command = defineCommand({
  describe: "List the models with cached scores",
  options: printingOptions,
  examples: [["cache list", "identity, number of questions and size of each model"]],
  run: async (options) => (await import("./cache/manage-cache.js")).list(options),
});
