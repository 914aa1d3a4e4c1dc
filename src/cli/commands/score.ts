import { scoreTextOptions } from "../../options/index.js";
import { defineCommand } from "./define.js";

export const command = defineCommand({
  describe: "Score the answers of cloze texts typed in or read from JSON lines",
  positionals: ["texts"],
  options: scoreTextOptions,
  examples: [
    ['score "Paris is the capital of [MASK]." --answers \'France,Italy,"the Netherlands"\'', "a table"],
    ["score --input questions.jsonl --output scores.jsonl --model ./glm-large", "JSON lines, in order"],
  ],
  run: async (options) => (await import("./score/score-input.js")).score(options),
});
