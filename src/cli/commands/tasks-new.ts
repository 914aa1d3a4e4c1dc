import { tasksNewOptions } from "../../options/index.js";
import { defineCommand } from "./define.js";

export const command = defineCommand({
  describe: "Write a commented task file for a data file: asks, or takes flags",
  positionals: ["file"],
  options: tasksNewOptions,
  examples: [
    ["tasks new --from reviews.csv", "asks what it needs to know"],
    [
      'tasks new mood.yaml --from reviews.csv --label mood --text "{{ text | shorten }} It was [MASK]."',
      "by flags: for scripts",
    ],
  ],
  run: async (options) => (await import("./tasks/new.js")).newTask(options),
});
