import { describe, expect, it } from "vitest";
import { GlmEvalError } from "../../../src/errors.js";
import { testFurtherCuda } from "../../../src/models/devices/choose-devices.js";
import { chooseDevices, SelfTest } from "../../../src/models/devices/index.js";
import type { Device } from "../../../src/models/onnx/index.js";
import { noVulkan } from "./vulkan.js";

it("fused and plain attention give the same results on the CPU", async () => {
  const tested = await SelfTest.prepare((test) => test.check("cpu"));
  expect(tested).toEqual({ device: "cpu", attention: "fused", difference: expect.any(Number) });
  expect(tested.difference).toBeLessThanOrEqual(1e-5);
});

it("a device that does not exist is refused with its driver's message", async () => {
  const found = SelfTest.prepare((test) => test.check("cuda:7"));
  await expect(found).rejects.toMatchObject({
    kind: "model",
    message: expect.stringMatching(/^cuda:7 .*(CUDA|Cuda|shared library)/),
    hint: expect.stringContaining("glm-eval doctor"),
  });
});

const AUTO = [
  ["best", "--device"],
  ["all", "--devices"],
] as const;
// Both test the same devices, which takes seconds if WebGPU computes on the CPU.
it.each(noVulkan ? AUTO : AUTO.slice(0, 1))(
  "auto (%s) selects the CPU if no GPU is correct and faster, and says why",
  async (wanted, flag) => {
    const { places, notes } = await chooseDevices(wanted);
    const names = places.map(({ device }) => device);
    if (names.includes("cpu")) expect(places).toEqual([{ device: "cpu", attention: "fused" }]);
    if (wanted === "best") expect(places).toHaveLength(1);
    expect(notes[0]).toMatch(new RegExp(`^${flag} auto selects ${names.join(", ")}: .*\\.$`));
    expect(notes[0]).toMatch(/cuda|webgpu/);
  },
);

it("uses the CPU without a test, as often as it is named", async () => {
  const cpu = { device: "cpu", attention: "fused" };
  expect(await chooseDevices(["cpu", "cpu"])).toEqual({ places: [cpu, cpu], notes: [] });
});

it("refuses several devices if one of them does not exist", async () => {
  const found = chooseDevices(["cpu", "cuda:7", "cuda:8"]);
  await expect(found).rejects.toMatchObject({ kind: "model", message: expect.stringMatching(/^cuda:7 /) });
});

it("uses further CUDA devices until one does not work", async () => {
  const asked: string[] = [];
  const check = async (device: Device) => {
    asked.push(device);
    if (device === "cuda:3")
      throw new GlmEvalError("device-unavailable", "cuda:3 cannot load the model: invalid device");
    return { device, attention: "fused" as const, difference: 0 };
  };
  const found = await testFurtherCuda({ check });
  expect(found.map(({ device }) => device)).toEqual(["cuda:1", "cuda:2"]);
  expect(asked).toEqual(["cuda:1", "cuda:2", "cuda:3"]);
  await expect(testFurtherCuda({ check: () => Promise.reject(new TypeError("a defect")) })).rejects.toThrow(
    "a defect",
  );
});

describe.skipIf(noVulkan)(`WebGPU ${noVulkan ?? ""}`, () => {
  it("gives the CPU's log-probabilities with the selected attention", async () => {
    const { device, difference, attention, because } = await SelfTest.prepare((t) => t.check("webgpu"));
    expect(device).toBe("webgpu");
    expect(difference).toBeLessThanOrEqual(1e-3);
    expect(because === undefined).toBe(attention === "fused");
    // Known for SwiftShader, whose subgroups are smaller than ONNX Runtime's fused attention assumes.
    if (process.env.VK_DRIVER_FILES?.includes("swiftshader")) {
      expect(attention).toBe("plain");
      const off = /^fused attention is wrong: its log-probabilities differ from the CPU's by (\S+)/.exec(
        because!,
      )?.[1];
      // Far more than the tolerance: otherwise the test could have missed it.
      expect(Number(off)).toBeGreaterThan(0.1);
    }
  });

  it("together with the CPU: uses both, and notes that their results differ", async () => {
    const { places, notes } = await chooseDevices(["webgpu", "cpu"]);
    expect(places.map(({ device }) => device)).toEqual(["webgpu", "cpu"]);
    expect(places[1]!.attention).toBe("fused");
    expect(notes.at(-1)).toMatch(/^The devices are of different kinds: .* last digits/);
  });
});
