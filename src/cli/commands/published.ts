import { printingOptions } from "../../options/index.js";
import { defineCommand } from "./define-command.js";

export const command = defineCommand({
  describe: "List published SuperGLUE results, by the names that --published takes",
  options: printingOptions,
  examples: [["published", "every row by setting and split, with its source"]],
  run: async (options) => (await import("./published/list-published.js")).printPublished(options),
});
