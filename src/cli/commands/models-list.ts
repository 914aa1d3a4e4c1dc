import { printingOptions } from "../../options/index.js";
import { defineCommand } from "./define-command.js";

export const command = defineCommand({
  describe: "List known GLM checkpoints and supported ONNX architectures",
  options: printingOptions,
  examples: [["models list", "names for --model, and how each architecture reads a blank"]],
  run: async (options) => (await import("./models/manage-models.js")).list(options),
});
