import { printingOptions } from "../../options/index.js";
import { defineCommand } from "./define.js";

export const command = defineCommand({
  describe: "What this machine has, which devices work on it, and what to do about others",
  options: printingOptions,
  examples: [["doctor", "tests the CPU, CUDA and WebGPU: some seconds"]],
  run: async (options) => (await import("./doctor/examine-machine.js")).doctor(options),
});
