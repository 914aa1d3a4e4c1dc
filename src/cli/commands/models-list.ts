import { printingOptions } from "../../options/index.js";
import { defineCommand } from "./define.js";

export const command = defineCommand({
  describe: "What can be asked: GLM checkpoints by name, architectures of ONNX exports",
  options: printingOptions,
  examples: [["models list", "names that --model takes, and how each architecture reads a blank"]],
  run: async (options) => (await import("./models/models.js")).list(options),
});
