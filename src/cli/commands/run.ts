import { GlmEvalError } from "../../errors.js";
import { runOptions } from "../../options/index.js";
import { defineCommand } from "./define-command.js";

export const command = defineCommand({
  describe: "Score any tasks, by built-in name or task file",
  positionals: ["tasks"],
  alsoFlags: { tasks: "tasks separated by commas, in addition to those given as arguments" },
  options: runOptions,
  examples: [
    ["run boolq wsc --model ./glm-large --data ./superglue", "two built-in tasks"],
    ["run --tasks boolq,wsc --limit 0.1", "the same in lm-eval's syntax, on the first tenth of each"],
    ["run ./my-task.yaml --data .", "your own task"],
    [
      "run copa --model ./glm-large --calibration pmi",
      "calibrated by the answers' unconditional probability",
    ],
  ],
  async run(options) {
    if (options.tasks.length === 0) {
      const { builtinNames } = await import("../../tasks/index.js");
      throw new GlmEvalError(
        "missing-argument",
        "no task given; expected names of built-in tasks or task files",
        {
          hint: `The built-in tasks and suites are: ${builtinNames().join(", ")}`,
        },
      );
    }
    const { runAndCheck } = await import("./runs/run-and-check.js");
    await runAndCheck(options);
  },
});
