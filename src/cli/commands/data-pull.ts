import { dataPullOptions } from "../../options/index.js";
import { defineCommand } from "./define.js";

export const command = defineCommand({
  describe: "Download the data of tasks, and verify it by sha256",
  positionals: ["tasks"],
  options: dataPullOptions,
  examples: [
    ["data pull superglue", "from the hub (HF_ENDPOINT, HF_TOKEN), into the cache"],
    ["data pull superglue --dir ./superglue", "into a folder of your own"],
    [
      "data pull superglue --from https://dl.fbaipublicfiles.com/glue/superglue/data/v2",
      "the official archives",
    ],
  ],
  run: async (options) => (await import("./data/pull-data.js")).pull(options),
});
