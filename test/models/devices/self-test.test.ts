import { describe, expect, it } from "vitest";
import { chooseDevice, SelfTest } from "../../../src/models/devices/index.js";
import { noVulkan } from "./vulkan.js";

it("the CPU computes with the fused attention what it computes with the plain one", async () => {
  const tested = await SelfTest.prepare((test) => test.check("cpu"));
  expect(tested).toEqual({ device: "cpu", attention: "fused", difference: expect.any(Number) });
  expect(tested.difference).toBeLessThanOrEqual(1e-5);
});

it("a device that is not there is refused in its driver's words", async () => {
  const found = SelfTest.prepare((test) => test.check("cuda:7"));
  await expect(found).rejects.toMatchObject({
    kind: "model",
    message: expect.stringMatching(/^cuda:7 .*(CUDA|Cuda|shared library)/),
    hint: expect.stringContaining("glm-eval doctor"),
  });
});

it("auto takes the CPU where no GPU is right and faster, and says why in one line", async () => {
  const { device, attention, note } = await chooseDevice("auto");
  if (device === "cpu") expect(attention).toBe("fused");
  expect(note).toMatch(new RegExp(`^--device auto takes ${device}: .*\\.$`));
  expect(note).toMatch(/cuda|webgpu/);
});

describe.skipIf(noVulkan)(`WebGPU ${noVulkan ?? ""}`, () => {
  it("gives the CPU's log-probabilities with the attention that was chosen", async () => {
    const { device, difference, attention, because } = await SelfTest.prepare((t) => t.check("webgpu"));
    expect(device).toBe("webgpu");
    expect(difference).toBeLessThanOrEqual(1e-3);
    expect(because === undefined).toBe(attention === "fused");
    // Known of SwiftShader, whose subgroups are smaller than ONNX Runtime's fused attention takes for granted.
    if (process.env.VK_DRIVER_FILES?.includes("swiftshader")) {
      expect(attention).toBe("plain");
      expect(because).toMatch(/^the fused one is wrong: log-probabilities \d/);
    }
  });
});
