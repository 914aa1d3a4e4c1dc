import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { GraphBuilder, openSession } from "../../../src/models/onnx/index.js";

/** Why WebGPU cannot be tested here; undefined if it can. */
export const noVulkan: string | undefined = await findVulkanProblem();

/** The environment that lets a spawned command find the Vulkan device that these tests run on. */
export const vulkanEnvironment: Readonly<Record<string, string>> = Object.fromEntries(
  ["LD_LIBRARY_PATH", "VK_DRIVER_FILES", "VK_ICD_FILENAMES"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  }),
);

/** @throws if there is no device although GLM_EVAL_TEST_VULKAN requires one */
async function findVulkanProblem(): Promise<string | undefined> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "glm-eval-test-"));
  try {
    const g = new GraphBuilder("twice");
    const x = g.input("x", "float32", ["n"]);
    g.output("y", g.op("Add", [x, x]), "float32", ["n"]);
    writeFileSync(path.join(folder, "twice.onnx"), g.encode("test"));
    const session = await openSession(path.join(folder, "twice.onnx"), { device: "webgpu" });
    await session.close();
    return undefined;
  } catch (error) {
    if (process.env.GLM_EVAL_TEST_VULKAN) throw error;
    return "no Vulkan device here; scripts/software-vulkan.sh provides one";
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
