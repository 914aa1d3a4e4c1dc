import { noOptions } from "../../options/index.js";
import { defineCommand } from "./define-command.js";

export const command = defineCommand({
  describe: "Check every line for damage (exit code 3 if one is damaged)",
  options: noOptions,
  examples: [["cache verify", "check after a crash of the machine or a disk error"]],
  run: async () => (await import("./cache/manage-cache.js")).verify(),
});
