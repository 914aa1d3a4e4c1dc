import { tasksNewOptions } from "../../options/index.js";
import { defineCommand } from "./define-command.js";

export const command = defineCommand({
  describe: "Write a commented task file for a data file, from prompts or flags",
  positionals: ["file"],
  options: tasksNewOptions,
  examples: [
    ["tasks new --from reviews.csv", "prompt for what is needed"],
    [
      'tasks new mood.yaml --from reviews.csv --label mood --text "{{ text | shorten }} It was [MASK]."',
      "without prompts, for scripts",
    ],
  ],
  run: async (options) => (await import("./tasks/new.js")).newTask(options),
});
