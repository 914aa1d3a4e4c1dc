import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(import.meta.url);
/** The folder of the package onnxruntime-node. */
const PACKAGE = path.dirname(require.resolve("onnxruntime-node/package.json"));

/** Version of ONNX Runtime; its providers must have the same version. */
export const RUNTIME_VERSION = (require("onnxruntime-node/package.json") as { version: string }).version;

/** The files that its npm package omits because of their size. */
export const CUDA_FILES = [
  "libonnxruntime_providers_shared.so",
  "libonnxruntime_providers_cuda.so",
  "libonnxruntime_providers_tensorrt.so",
] as const;

/** onnxruntime-node's own script, which downloads them. */
export const INSTALL_SCRIPT = path.join(PACKAGE, "script", "install.js");

/** Returns the folder in which ONNX Runtime looks for its providers: that of its library. */
export function getRuntimeFolder(): string {
  return path.join(PACKAGE, "bin", "napi-v6", process.platform, process.arch);
}

/** Whether the CUDA provider is installed; the one for TensorRT is not used. */
export function hasCudaProvider(folder = getRuntimeFolder()): boolean {
  return CUDA_FILES.slice(0, 2).every((name) => existsSync(path.join(folder, name)));
}
