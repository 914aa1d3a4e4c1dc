import { GlmEvalError } from "../../errors.js";
import { runOptions } from "../../options/index.js";
import { defineCommand } from "./define.js";

export const command = defineCommand({
  describe: "Any tasks, by built-in name or task file",
  positionals: ["tasks"],
  flagsToo: { tasks: "tasks separated by commas, with or without others named before" },
  options: runOptions,
  examples: [
    ["run boolq wsc --model ./glm-large --data ./superglue", "two built-in tasks"],
    ["run --tasks boolq,wsc --limit 0.1", "the same as lm-eval has it, on the first tenth of each"],
    ["run ./my-task.yaml --data .", "a task of your own"],
    ["run copa --model ./glm-large --calibration pmi", "calibrated by the answers' own probability"],
  ],
  async run(options) {
    if (options.tasks.length === 0) {
      const { builtinNames } = await import("../../tasks/index.js");
      throw new GlmEvalError(
        "missing-argument",
        "no task is named; expected names of built-in tasks or task files",
        {
          hint: `The built-in tasks and suites are: ${builtinNames().join(", ")}`,
        },
      );
    }
    const { runAndCheck } = await import("./runs/run-and-check.js");
    await runAndCheck(options);
  },
});
