import { inspectOptions } from "../../options/index.js";
import { defineCommand } from "./define-command.js";

export const command = defineCommand({
  describe: "Show and check the files, format, shapes and tokenizer of a model",
  positionals: ["model"],
  options: inspectOptions,
  examples: [
    ["models inspect ./glm-large", "its contents and its problems"],
    ["models inspect THUDM/glm-roberta-large --json", "for scripts"],
  ],
  run: async (options) => (await import("./models/manage-models.js")).inspect(options),
});
