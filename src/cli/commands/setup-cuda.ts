import { setupCudaOptions } from "../../options/index.js";
import { defineCommand } from "./define-command.js";

export const command = defineCommand({
  describe: "Install ONNX Runtime's CUDA provider (Linux x64, CUDA 12)",
  options: setupCudaOptions,
  examples: [
    ["setup cuda", "download it (hundreds of megabytes)"],
    [
      "setup cuda --from Microsoft.ML.OnnxRuntime.Gpu.Linux.1.30.0.nupkg",
      "install a downloaded package, without network access",
    ],
  ],
  run: async (options) => (await import("./setup/cuda.js")).setupCuda(options),
});
