import { availableParallelism } from "node:os";
import { describe, expect, it } from "vitest";
import { noVulkan, vulkanEnvironment } from "../models/devices/vulkan.js";
import { expectDone, workspace } from "./command.js";

const { run } = workspace();

interface Device {
  readonly device: string;
  readonly works: boolean;
  readonly attention?: string;
  readonly flops_per_second?: number;
  readonly reason?: string;
  readonly advice?: string;
}

const examined = async (env: Readonly<Record<string, string>> = {}) => {
  const all = JSON.parse(expectDone(await run(["doctor", "--json"], { env })));
  const devices = new Map((all.devices as Device[]).map((each) => [each.device, each]));
  return { all, devices };
};

it("reports the machine, and that the CPU works", async () => {
  const { all, devices } = await examined();
  expect(all).toMatchObject({
    machine: { cores: availableParallelism(), node: process.version },
    onnxruntime: { version: expect.stringMatching(/^\d+\.\d+\.\d+$/) },
  });
  expect(all.onnxruntime.providers.slice(0, 2)).toEqual(["cpu", "webgpu"]);
  expect(all.machine.cache.free_bytes).toBeGreaterThan(0);
  expect(all.machine.memory_bytes).toBeGreaterThan(1e8);
  expect([...devices.keys()]).toEqual(["cpu", "cuda:0", "webgpu"]);
  expect(devices.get("cpu")).toMatchObject({
    works: true,
    attention: "fused",
    difference: expect.any(Number),
  });
  expect(devices.get("cpu")!.flops_per_second).toBeGreaterThan(1e8);
});

it("says why a device does not work, and what to do", async () => {
  // No Vulkan driver is found, whatever the machine has.
  const { devices } = await examined({ VK_DRIVER_FILES: "/nowhere.json", VK_ICD_FILENAMES: "/nowhere.json" });
  expect(devices.get("webgpu")).toMatchObject({
    works: false,
    reason: expect.stringMatching(/^webgpu cannot load the model: Failed to get a WebGPU adapter/),
    advice: expect.stringContaining("install the"),
  });
});

it("prints a table, and what to do below it", async () => {
  const stdout = expectDone(await run(["doctor"]));
  expect(stdout).toMatch(/^ONNX Runtime +\d/m);
  expect(stdout).toMatch(/^cpu +yes +fused +\d+$/m);
  if (/^cuda:0 +no$/m.test(stdout)) expect(stdout).toMatch(/^cuda:0 .+\n {2}\S/m);
});

describe.skipIf(noVulkan)(`WebGPU ${noVulkan ?? ""}`, () => {
  it("is tested and measured", async () => {
    const { devices } = await examined(vulkanEnvironment);
    expect(devices.get("webgpu")).toMatchObject({
      works: true,
      attention: expect.stringMatching(/^(fused|plain)$/),
      flops_per_second: expect.any(Number),
    });
  });
});
