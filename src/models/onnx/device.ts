/** The device that a model runs on. A CUDA device is named by its number in `nvidia-smi`. */
export type Device = "cpu" | "webgpu" | `cuda:${number}`;

/**
 * Returns ONNX Runtime's execution provider for a device. Request it alone: ONNX Runtime then never falls back to
 * another one.
 */
export function getProvider(device: Device): "cpu" | "webgpu" | { name: "cuda"; deviceId: number } {
  if (device === "cpu" || device === "webgpu") return device;
  return { name: "cuda", deviceId: Number(device.slice("cuda:".length)) };
}
