import { superglueOptions } from "../../options/index.js";
import { defineCommand } from "./define-command.js";

const DIAGNOSTICS = ["axb", "axg"];

export const command = defineCommand({
  describe: "Score the eight SuperGLUE tasks as cloze questions (table and CSV)",
  options: superglueOptions,
  examples: [
    ["superglue", "bundled model and sample (at most a minute)"],
    ["superglue --model ./glm-large --data ./superglue", "your checkpoint on the official files"],
    ["superglue --tasks copa,rte --limit 50 --patterns all", "a quick test of every pattern"],
    [
      "superglue --model ./glm-large --baseline onnx-community/bert-base-uncased-ONNX",
      "another model on the same questions, with the significance of the difference",
    ],
    [
      "superglue --model ./glm-large --data ./superglue --fail-under superglue=60",
      "exit code 100 if the score is below 60",
    ],
  ],
  async run({ tasks = ["superglue"], diagnostics, ...options }) {
    const { runAndCheck } = await import("./runs/run-and-check.js");
    const names = diagnostics ? [...new Set([...tasks, ...DIAGNOSTICS])] : tasks;
    await runAndCheck({ ...options, tasks: names });
  },
});
