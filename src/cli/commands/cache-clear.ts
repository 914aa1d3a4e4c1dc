import { cacheClearOptions } from "../../options/index.js";
import { defineCommand } from "./define-command.js";

export const command = defineCommand({
  describe: "Remove cached scores: all, or one model's by its hash",
  positionals: ["hashes"],
  options: cacheClearOptions,
  examples: [
    ["cache clear", "remove everything"],
    ["cache clear 3f9ac214", "remove the scores of one model"],
    ["cache clear --older-than 90", "remove what was last used more than 90 days ago"],
  ],
  run: async (options) => (await import("./cache/manage-cache.js")).clear(options),
});
