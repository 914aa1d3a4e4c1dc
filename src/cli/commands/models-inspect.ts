import { inspectOptions } from "../../options/index.js";
import { defineCommand } from "./define.js";

export const command = defineCommand({
  describe: "Files, format, shape, tokenizer and checks of a folder or hub name",
  positionals: ["model"],
  options: inspectOptions,
  examples: [
    ["models inspect ./glm-large", "what is in it, and what is wrong with it"],
    ["models inspect THUDM/glm-roberta-large --json", "for scripts"],
  ],
  run: async (options) => (await import("./models/models.js")).inspect(options),
});
