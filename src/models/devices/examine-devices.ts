import { explain, GlmEvalError } from "../../errors.js";
import type { Attention } from "../glm/index.js";
import type { Device } from "../onnx/index.js";
import { furtherCuda } from "./choose-devices.js";
import { hasCudaProvider, RUNTIME_VERSION } from "./cuda-files.js";
import { productRate } from "./product-rate.js";
import { SelfTest, type Tested } from "./self-test.js";

/** What was found out about a device. */
export type Examined =
  | {
      readonly device: Device;
      readonly works: true;
      readonly attention: Attention;
      /** the greatest difference of a log-probability from the CPU's */
      readonly difference: number;
      /** FLOPs a second of a float32 product of matrices */
      readonly flopsPerSecond: number;
      /** why the fused attention is not used, where it is not */
      readonly because?: string;
    }
  | {
      readonly device: Device;
      readonly works: false;
      readonly reason: string;
      /** what to do about it */
      readonly advice: string;
    };

/** ONNX Runtime, and which of its providers are installed. */
export function runtimeFacts(): { readonly version: string; readonly providers: readonly string[] } {
  return { version: RUNTIME_VERSION, providers: ["cpu", "webgpu", ...(hasCudaProvider() ? ["cuda"] : [])] };
}

/** Milliseconds of a product's run, beside which the way there and back is nothing. */
const LONG_ENOUGH = 60;

/**
 * Tests the CPU, the first GPU of every provider and further CUDA devices up to one that does not work; measures those
 * that work, one after the other.
 */
export async function examineDevices(onDevice: (device: Device) => void): Promise<Examined[]> {
  const devices: readonly Device[] = ["cpu", "cuda:0", "webgpu"];
  try {
    return await SelfTest.prepare(async (test) => {
      const found: Examined[] = [];
      for (const device of devices) {
        onDevice(device);
        const first = await examine(device, test.check(device));
        found.push(first);
        if (device !== "cuda:0" || !first.works) continue;
        for (const tested of await furtherCuda(test)) {
          onDevice(tested.device);
          found.push(await examine(tested.device, tested));
        }
      }
      return found;
    });
  } catch (error) {
    // Without the CPU there is nothing to compare with.
    return devices.map((device) => failed(device, error));
  }
}

async function examine(device: Device, checked: Tested | Promise<Tested>): Promise<Examined> {
  try {
    const tested = await checked;
    return { ...tested, works: true, flopsPerSecond: await productRate(device, { longEnough: LONG_ENOUGH }) };
  } catch (error) {
    return failed(device, error);
  }
}

function failed(device: Device, error: unknown): Examined {
  const reason = error instanceof GlmEvalError ? error.message : explain(error);
  return { device, works: false, reason, advice: adviceFor(device, reason) };
}

/** What is to be done, by what drivers and loaders are known to say. */
export function adviceFor(device: Device, reason: string, cudaInstalled = hasCudaProvider()): string {
  if (device === "cpu") return "install glm-eval again: ONNX Runtime does not run here";
  if (/log-probabilities/.test(reason)) return "a newer driver may help; do not use this device as it is";
  if (device === "webgpu") {
    if (/libvulkan/.test(reason))
      return "install the Vulkan loader (libvulkan1 on Debian and Ubuntu, vulkan-loader on Fedora)";
    if (/adapter/.test(reason))
      return "install the GPU's Vulkan driver (NVIDIA's own, or mesa-vulkan-drivers); without a GPU use the CPU";
    return "a newer GPU driver may help";
  }
  if (process.platform !== "linux" || process.arch !== "x64")
    return "ONNX Runtime has CUDA on Linux for x64 only; webgpu uses the same GPU";
  if (!cudaInstalled) return "with an NVIDIA GPU: glm-eval setup cuda";
  if (/lib(cudnn|cudart|cublas|cufft|curand|nvrtc)/.test(reason))
    return "install the CUDA 12 runtime and cuDNN 9, and put their folders on LD_LIBRARY_PATH";
  return "see that nvidia-smi shows the GPU, and that its driver is one for CUDA 12";
}
