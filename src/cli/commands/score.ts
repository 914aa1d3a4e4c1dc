import { scoreTextOptions } from "../../options/index.js";
import { defineCommand } from "./define-command.js";

export const command = defineCommand({
  describe: "Score answers to cloze texts given as arguments or JSON lines",
  positionals: ["texts"],
  options: scoreTextOptions,
  examples: [
    ['score "Paris is the capital of [MASK]." --answers \'France,Italy,"the Netherlands"\'', "print a table"],
    ["score --input questions.jsonl --output scores.jsonl --model ./glm-large", "JSON lines, in input order"],
  ],
  run: async (options) => (await import("./score/score-input.js")).score(options),
});
