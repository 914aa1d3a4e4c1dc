import { tasksValidateOptions } from "../../options/index.js";
import { defineCommand } from "./define-command.js";

export const command = defineCommand({
  describe: "Report all problems in task files and data, and how to fix them",
  positionals: ["tasks"],
  options: tasksValidateOptions,
  examples: [
    ["tasks validate ./my-task.yaml", "with the data next to it"],
    ["tasks validate *.yaml --data ./data --model ./glm-large", "also check text lengths and answer words"],
  ],
  run: async (options) => (await import("./tasks/validate.js")).validate(options),
});
