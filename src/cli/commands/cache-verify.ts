import { noOptions } from "../../options/index.js";
import { defineCommand } from "./define.js";

export const command = defineCommand({
  describe: "Read every line and see that it is whole (exit code 3 where one is not)",
  options: noOptions,
  examples: [["cache verify", "after a crash of the machine or its disk"]],
  run: async () => (await import("./cache/manage-cache.js")).verify(),
});
