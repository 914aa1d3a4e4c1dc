import { tasksShowOptions } from "../../options/index.js";
import { defineCommand } from "./define-command.js";

export const command = defineCommand({
  describe: "Show the questions of the first examples as the model reads them",
  positionals: ["task"],
  options: tasksShowOptions,
  examples: [
    ["tasks show boolq", "three examples with the default pattern"],
    ["tasks show ./my-task.yaml -n 1 -p all --model ./glm-large", "with tokens and ids"],
  ],
  run: async (options) => (await import("./tasks/show.js")).show(options),
});
