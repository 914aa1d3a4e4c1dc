import { setupCudaOptions } from "../../options/index.js";
import { defineCommand } from "./define.js";

export const command = defineCommand({
  describe: "ONNX Runtime's CUDA provider (Linux on x64, CUDA 12)",
  options: setupCudaOptions,
  examples: [
    ["setup cuda", "downloads it: hundreds of megabytes"],
    ["setup cuda --from Microsoft.ML.OnnxRuntime.Gpu.Linux.1.30.0.nupkg", "no network"],
  ],
  run: async (options) => (await import("./setup/cuda.js")).setupCuda(options),
});
