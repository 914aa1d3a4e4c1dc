import { dataListOptions } from "../../options/index.js";
import { defineCommand } from "./define-command.js";

export const command = defineCommand({
  describe: "List downloaded data: task, split, examples, layout, sha256",
  options: dataListOptions,
  examples: [
    ["data list", "everything that was pulled into the cache"],
    ["data list --data ./superglue", "the data in your own folder"],
  ],
  run: async (options) => (await import("./data/list-data.js")).list(options),
});
