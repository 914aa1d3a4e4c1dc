import { expect, it } from "vitest";
import { adviceFor } from "../../../src/models/devices/examine-devices.js";

it.each([
  ["webgpu", "Couldn't load Vulkan: libvulkan.so.1: cannot open shared object file", "libvulkan1"],
  ["webgpu", "Failed to get a WebGPU adapter (vkCreateInstance failed)", "Vulkan driver"],
  ["webgpu", "webgpu stopped: its process was ended by SIGSEGV", "newer GPU driver"],
  ["webgpu", "webgpu computes a small GLM wrongly: log-probabilities 2 from the CPU's", "do not use"],
  ["cpu", "anything", "install glm-eval again"],
] as const)("%s: %s", (device, reason, advice) => {
  expect(adviceFor(device, reason)).toContain(advice);
});

it.runIf(process.platform === "linux" && process.arch === "x64").each([
  [false, "Failed to load shared library", "glm-eval setup cuda"],
  [true, "libcudnn.so.9: cannot open shared object file", "cuDNN 9"],
  [true, "CUDA failure 100: no CUDA-capable device is detected", "nvidia-smi"],
] as const)("cuda, provider installed: %s: %s", (installed, reason, advice) => {
  expect(adviceFor("cuda:0", reason, installed)).toContain(advice);
});
