import { cacheClearOptions } from "../../options/index.js";
import { defineCommand } from "./define.js";

export const command = defineCommand({
  describe: "Remove scores: all, or a model's by the hash that list shows",
  positionals: ["hashes"],
  options: cacheClearOptions,
  examples: [
    ["cache clear", "everything"],
    ["cache clear 3f9ac214", "one model's"],
    ["cache clear --older-than 90", "what was not used for 90 days"],
  ],
  run: async (options) => (await import("./cache/manage-cache.js")).clear(options),
});
