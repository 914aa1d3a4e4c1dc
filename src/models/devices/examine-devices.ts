import { explain, GlmEvalError } from "../../errors.js";
import type { Attention } from "../glm/index.js";
import type { Device } from "../onnx/index.js";
import { testFurtherCuda } from "./choose-devices.js";
import { hasCudaProvider, RUNTIME_VERSION } from "./cuda-files.js";
import { measureProductRate } from "./product-rate.js";
import { SelfTest, type Tested } from "./self-test.js";

/** The results of examining a device. */
export type Examined =
  | {
      readonly device: Device;
      readonly works: true;
      readonly attention: Attention;
      /** the largest difference of a log-probability from the CPU's */
      readonly difference: number;
      /** FLOPs per second of a float32 matrix product */
      readonly flopsPerSecond: number;
      /** why fused attention is not used, if it is not */
      readonly because?: string;
    }
  | {
      readonly device: Device;
      readonly works: false;
      readonly reason: string;
      /** how to fix it */
      readonly advice: string;
    };

/** Returns ONNX Runtime's version and installed providers. */
export function getRuntimeFacts(): { readonly version: string; readonly providers: readonly string[] } {
  return { version: RUNTIME_VERSION, providers: ["cpu", "webgpu", ...(hasCudaProvider() ? ["cuda"] : [])] };
}

/** Duration of a product's run in milliseconds, which makes the transfer to and from the device negligible. */
const MIN_DURATION = 60;

/**
 * Tests the CPU, the first GPU of every provider, and further CUDA devices until one does not work; measures those that
 * work, one after the other.
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
        for (const tested of await testFurtherCuda(test)) {
          onDevice(tested.device);
          found.push(await examine(tested.device, tested));
        }
      }
      return found;
    });
  } catch (error) {
    // Without the CPU, there is nothing to compare with.
    return devices.map((device) => failed(device, error));
  }
}

async function examine(device: Device, checked: Tested | Promise<Tested>): Promise<Examined> {
  try {
    const tested = await checked;
    return {
      ...tested,
      works: true,
      flopsPerSecond: await measureProductRate(device, { minDuration: MIN_DURATION }),
    };
  } catch (error) {
    return failed(device, error);
  }
}

function failed(device: Device, error: unknown): Examined {
  const reason = error instanceof GlmEvalError ? error.message : explain(error);
  return { device, works: false, reason, advice: getAdvice(device, reason) };
}

/** Suggests what to do, based on known messages of drivers and loaders. */
export function getAdvice(device: Device, reason: string, cudaInstalled = hasCudaProvider()): string {
  if (device === "cpu") return "reinstall glm-eval: ONNX Runtime does not run here";
  if (/log-probabilities/.test(reason))
    return "try a newer driver; do not use this device in its current state";
  if (device === "webgpu") {
    if (/libvulkan/.test(reason))
      return "install the Vulkan loader (libvulkan1 on Debian and Ubuntu, vulkan-loader on Fedora)";
    if (/adapter/.test(reason))
      return "install the GPU's Vulkan driver (NVIDIA's, or mesa-vulkan-drivers); without a GPU, use the CPU";
    return "try a newer GPU driver";
  }
  if (process.platform !== "linux" || process.arch !== "x64")
    return "ONNX Runtime supports CUDA only on Linux for x64; webgpu can use the same GPU";
  if (!cudaInstalled) return "if you have an NVIDIA GPU, run: glm-eval setup cuda";
  if (/lib(cudnn|cudart|cublas|cufft|curand|nvrtc)/.test(reason))
    return "install the CUDA 12 runtime and cuDNN 9, and add their folders to LD_LIBRARY_PATH";
  return "check that nvidia-smi lists the GPU and that its driver supports CUDA 12";
}
