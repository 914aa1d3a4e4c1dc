import { GlmEvalError } from "../../errors.js";
import type { Device } from "../onnx/index.js";

/**
 * What a user calls a device: cpu, cuda (the first one), cuda:1, webgpu; or auto for the best that works.
 * @throws GlmEvalError("usage") for anything else
 */
export function parseDevice(name: string): Device | "auto" {
  const found = /^(?:(auto|cpu|webgpu)|cuda(?::(0|[1-9]\d?))?)$/.exec(name);
  if (found === null)
    throw new GlmEvalError("usage", `no such device: ${name}; expected auto, cpu, webgpu, cuda or cuda:1`, {
      hint: "`glm-eval doctor` tells which devices this machine has.",
    });
  const [, word, number = "0"] = found;
  return word === undefined ? `cuda:${Number(number)}` : (word as Device | "auto");
}
