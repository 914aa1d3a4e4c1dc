import { dataListOptions } from "../../options/index.js";
import { defineCommand } from "./define.js";

export const command = defineCommand({
  describe: "The data that is there: task, split, examples, layout, sha256",
  options: dataListOptions,
  examples: [
    ["data list", "everything that was pulled"],
    ["data list --data ./superglue", "a folder of your own"],
  ],
  run: async (options) => (await import("./data/list-data.js")).list(options),
});
