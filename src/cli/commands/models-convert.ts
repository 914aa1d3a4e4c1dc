import { convertOptions } from "../../options/index.js";
import { defineCommand } from "./define.js";

export const command = defineCommand({
  describe: "Write the ONNX folder of a checkpoint by hand",
  positionals: ["model"],
  options: convertOptions,
  examples: [
    ["models convert ./glm-large --output ./glm-large-onnx", "in 32 bits a weight"],
    ["models convert ./glm-10b --output ./glm-10b-q4 --dtype q4", "in 4 bits a weight"],
    ["superglue --model ./glm-large-onnx", "the converted folder is a model like any other"],
  ],
  run: async (options) => (await import("./models/models.js")).convertModel(options),
});
