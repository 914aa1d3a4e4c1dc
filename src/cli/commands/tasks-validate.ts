import { tasksValidateOptions } from "../../options/index.js";
import { defineCommand } from "./define.js";

export const command = defineCommand({
  describe: "All that is wrong with task files and their data, where, and how to mend it",
  positionals: ["tasks"],
  options: tasksValidateOptions,
  examples: [
    ["tasks validate ./my-task.yaml", "with its data, which lies beside it"],
    ["tasks validate *.yaml --data ./data --model ./glm-large", "also lengths and words"],
  ],
  run: async (options) => (await import("./tasks/validate.js")).validate(options),
});
