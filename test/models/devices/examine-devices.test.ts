import { expect, it } from "vitest";
import { getAdvice } from "../../../src/models/devices/examine-devices.js";

it.each([
  ["webgpu", "Couldn't load Vulkan: libvulkan.so.1: cannot open shared object file", "libvulkan1"],
  ["webgpu", "Failed to get a WebGPU adapter (vkCreateInstance failed)", "Vulkan driver"],
  ["webgpu", "webgpu stopped: its process was killed by SIGSEGV", "newer GPU driver"],
  [
    "webgpu",
    "webgpu computes a small GLM incorrectly: its log-probabilities differ from the CPU's by 2",
    "do not use",
  ],
  ["cpu", "anything", "reinstall glm-eval"],
] as const)("%s: %s", (device, reason, advice) => {
  expect(getAdvice(device, reason)).toContain(advice);
});

it.runIf(process.platform === "linux" && process.arch === "x64").each([
  [false, "Failed to load shared library", "glm-eval setup cuda"],
  [true, "libcudnn.so.9: cannot open shared object file", "cuDNN 9"],
  [true, "CUDA failure 100: no CUDA-capable device is detected", "nvidia-smi"],
] as const)("cuda, provider installed: %s: %s", (installed, reason, advice) => {
  expect(getAdvice("cuda:0", reason, installed)).toContain(advice);
});
