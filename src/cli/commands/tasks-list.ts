import { tasksListOptions } from "../../options/index.js";
import { defineCommand } from "./define-command.js";

export const command = defineCommand({
  describe: "List tasks and suites with their sizes, metrics and patterns",
  positionals: ["tasks"],
  options: tasksListOptions,
  examples: [
    ["tasks list", "names for `run` and --tasks, ids for --patterns, sizes of the bundled sample"],
    ["tasks list --data ./superglue", "with the sizes of the official files"],
    ["tasks list ./tasks/*.yaml --json", "your own tasks, for scripts"],
  ],
  run: async (options) => (await import("./tasks/list.js")).list(options),
});
