import { tasksShowOptions } from "../../options/index.js";
import { defineCommand } from "./define.js";

export const command = defineCommand({
  describe: "What is asked of the first examples, as a model gets it",
  positionals: ["task"],
  options: tasksShowOptions,
  examples: [
    ["tasks show boolq", "three examples of its default pattern"],
    ["tasks show ./my-task.yaml -n 1 -p all --model ./glm-large", "with pieces and ids"],
  ],
  run: async (options) => (await import("./tasks/show.js")).show(options),
});
