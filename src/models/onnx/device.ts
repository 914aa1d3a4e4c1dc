/** Where a model runs. A CUDA device is named by its number, as `nvidia-smi` counts. */
export type Device = "cpu" | "webgpu" | `cuda:${number}`;

/** ONNX Runtime's execution provider for a device, to be asked for alone: it never falls back to another by itself. */
export function providerOf(device: Device): "cpu" | "webgpu" | { name: "cuda"; deviceId: number } {
  if (device === "cpu" || device === "webgpu") return device;
  return { name: "cuda", deviceId: Number(device.slice("cuda:".length)) };
}
