import { dataPullOptions } from "../../options/index.js";
import { defineCommand } from "./define-command.js";

export const command = defineCommand({
  describe: "Download data sets and verify their sha256",
  positionals: ["tasks"],
  options: dataPullOptions,
  examples: [
    ["data pull superglue", "from the hub (HF_ENDPOINT, HF_TOKEN) into the cache"],
    ["data pull superglue --dir ./superglue", "into your own folder"],
    [
      "data pull superglue --from https://dl.fbaipublicfiles.com/glue/superglue/data/v2",
      "from the official archives",
    ],
  ],
  run: async (options) => (await import("./data/pull-data.js")).pull(options),
});
