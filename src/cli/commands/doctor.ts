import { printingOptions } from "../../options/index.js";
import { defineCommand } from "./define-command.js";

export const command = defineCommand({
  describe: "Report this machine's hardware, working devices, and how to fix others",
  options: printingOptions,
  examples: [["doctor", "test the CPU, CUDA and WebGPU (a few seconds)"]],
  run: async (options) => (await import("./doctor/examine-machine.js")).doctor(options),
});
