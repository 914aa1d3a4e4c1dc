import { GlmEvalError } from "../../errors.js";
import type { Attention } from "../glm/index.js";
import type { Device } from "../onnx/index.js";
import { productRate } from "./product.js";
import { SelfTest, type Tested } from "./self-test.js";

/** Where a model will run, and how its attention must be computed there. */
export interface ChosenDevice {
  readonly device: Device;
  readonly attention: Attention;
  /** what the user should know, in a sentence */
  readonly note?: string;
}

const CPU: ChosenDevice = { device: "cpu", attention: "fused" };
/** What is better than the CPU, the best first. */
const GPUS = ["cuda:0", "webgpu"] as const satisfies readonly Device[];

/** Milliseconds of a product's run: enough to tell a GPU from what is none. */
const LONG_ENOUGH = 20;

const chosen = new Map<string, Promise<ChosenDevice>>();

/**
 * Tests the device that is wanted, or finds the best one that works: once in a process, for all of its models.
 * @throws GlmEvalError("model") where the device cannot be used or is wrong
 */
export function chooseDevice(
  wanted: Device | "auto",
  options: { readonly threads?: number } = {},
): Promise<ChosenDevice> {
  const key = `${wanted} ${options.threads ?? ""}`;
  const known = chosen.get(key) ?? choose(wanted, options);
  chosen.set(key, known);
  return known;
}

async function choose(
  wanted: Device | "auto",
  options: { readonly threads?: number },
): Promise<ChosenDevice> {
  if (wanted === "cpu") return CPU;
  return await SelfTest.prepare(async (test) => {
    if (wanted === "auto") return await best(test, options);
    const tested = await test.check(wanted);
    return { ...asChosen(tested), ...(tested.because && { note: `${wanted}: ${plainly(tested)}.` }) };
  });
}

/** The first GPU that is right and faster than the CPU: a software Vulkan device is neither a GPU nor fast. */
async function best(test: SelfTest, options: { readonly threads?: number }): Promise<ChosenDevice> {
  const found = await Promise.allSettled(GPUS.map((device) => test.check(device)));
  const reasons: string[] = [];
  let cpuRate: number | undefined;
  for (const result of found) {
    if (result.status === "rejected") {
      if (!(result.reason instanceof GlmEvalError)) throw result.reason;
      reasons.push(result.reason.message);
      continue;
    }
    const { device } = result.value;
    cpuRate ??= await productRate("cpu", { ...options, longEnough: LONG_ENOUGH });
    const rate = await productRate(device, { longEnough: LONG_ENOUGH });
    const times = `${(rate / cpuRate).toPrecision(2)} times the CPU's speed`;
    if (rate > cpuRate) {
      const how = result.value.because ? `; ${plainly(result.value)}` : "";
      return { ...asChosen(result.value), note: because(device, [`${times} or more${how}`, ...reasons]) };
    }
    reasons.push(`${device} works at ${times}`);
  }
  return { ...CPU, note: because("cpu", reasons) };
}

function because(device: Device, reasons: readonly string[]): string {
  return `--device auto takes ${device}: ${reasons.join("; ")}.`;
}

function plainly({ because: reason }: Tested): string {
  return `attention is computed by plain products of matrices, as ${reason}`;
}

function asChosen({ device, attention }: Tested): ChosenDevice {
  return { device, attention };
}
