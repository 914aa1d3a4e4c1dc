import { GlmEvalError, nearest } from "../../errors.js";
import type { Device } from "../onnx/index.js";

/** Devices by name, or the best that works: a single one, or all of its kind. */
export type WantedDevices = readonly Device[] | "best" | "all";

const NAMES = ["auto", "cpu", "webgpu", "cuda", "cuda:0", "cuda:1"];

/**
 * Parses the name of one device (`device`: cpu, cuda for the first CUDA device, cuda:1, webgpu; auto for the best that
 * works) or several (`devices`: such names; auto alone for all of the best kind that works). Default: the CPU.
 * @throws GlmEvalError (usage) for anything else, if both are given, and for a GPU that is named twice
 */
export function parseDevices({
  device,
  devices,
}: {
  readonly device?: string | undefined;
  readonly devices?: readonly string[] | undefined;
}): WantedDevices {
  if (devices === undefined) {
    const one = parseDevice(device ?? "cpu");
    return one === "auto" ? "best" : [one];
  }
  if (device !== undefined)
    throw new GlmEvalError("conflicting-options", "found --device and --devices; expected one of the two", {
      hint: "List all devices with --devices, for example --devices cuda:0,cuda:1",
    });
  const [first, ...others] = devices.map(parseDevice);
  if (first === undefined)
    throw new GlmEvalError("bad-device-list", "--devices: found no device; expected one or more");
  if (first === "auto" && others.length === 0) return "all";
  const named = [first, ...others];
  if (named.includes("auto"))
    throw new GlmEvalError(
      "bad-device-list",
      `--devices: found auto among ${named.length} names; expected it alone`,
      {
        hint: "auto selects all GPUs of the best kind that works.",
      },
    );
  const again = named.find((name, k) => name !== "cpu" && named.indexOf(name) < k);
  if (again !== undefined)
    throw new GlmEvalError(
      "bad-device-list",
      `--devices: ${again} is named twice; a GPU computes one batch at a time`,
      {
        hint: "Name each GPU only once; only cpu may be repeated.",
      },
    );
  return named as readonly Device[];
}

function parseDevice(name: string): Device | "auto" {
  const found = /^(?:(auto|cpu|webgpu)|cuda(?::(0|[1-9]\d?))?)$/.exec(name);
  if (found === null) {
    const near = nearest(name, NAMES);
    const meant = name.includes(",")
      ? `pass several devices with --devices ${name}.`
      : near && `Did you mean ${near}?`;
    const doctor = "`glm-eval doctor` lists the devices of this machine.";
    throw new GlmEvalError(
      "unknown-device",
      `no such device: ${name === "" ? "an empty name" : name}; expected auto, cpu, webgpu, cuda or cuda:1`,
      { hint: meant ? `${meant} ${doctor}` : doctor },
    );
  }
  const [, word, number = "0"] = found;
  return word === undefined ? `cuda:${Number(number)}` : (word as Device | "auto");
}
