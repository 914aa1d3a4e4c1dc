import { convertOptions } from "../../options/index.js";
import { defineCommand } from "./define-command.js";

export const command = defineCommand({
  describe: "Convert a checkpoint to an ONNX folder manually",
  positionals: ["model"],
  options: convertOptions,
  examples: [
    ["models convert ./glm-large --output ./glm-large-onnx", "32 bits per weight"],
    ["models convert ./glm-10b --output ./glm-10b-q4 --dtype q4", "4 bits per weight"],
    ["superglue --model ./glm-large-onnx", "use the converted folder like any other model"],
  ],
  run: async (options) => (await import("./models/manage-models.js")).convertModel(options),
});
