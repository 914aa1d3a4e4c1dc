import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(import.meta.url);
/** The folder of the package onnxruntime-node. */
const PACKAGE = path.dirname(require.resolve("onnxruntime-node/package.json"));

/** Version of ONNX Runtime, which its providers must be of too. */
export const RUNTIME_VERSION = (require("onnxruntime-node/package.json") as { version: string }).version;

/** What its package on npm leaves out, being too large. */
export const CUDA_FILES = [
  "libonnxruntime_providers_shared.so",
  "libonnxruntime_providers_cuda.so",
  "libonnxruntime_providers_tensorrt.so",
] as const;

/** onnxruntime-node's own script that downloads them. */
export const INSTALL_SCRIPT = path.join(PACKAGE, "script", "install.js");

/** Where ONNX Runtime looks for its providers: beside its library. */
export function runtimeFolder(): string {
  return path.join(PACKAGE, "bin", "napi-v6", process.platform, process.arch);
}

/** Whether the provider for CUDA is there; the one for TensorRT is not used. */
export function hasCudaProvider(folder = runtimeFolder()): boolean {
  return CUDA_FILES.slice(0, 2).every((name) => existsSync(path.join(folder, name)));
}
