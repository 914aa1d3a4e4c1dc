import { GlmEvalError } from "../../errors.js";
import type { Attention } from "../glm/index.js";
import type { Device } from "../onnx/index.js";
import type { WantedDevices } from "./device-names.js";
import { productRate } from "./product-rate.js";
import { SelfTest, type Tested } from "./self-test.js";

/** Where a model will run, and how its attention must be computed there. */
export interface ChosenDevice {
  readonly device: Device;
  readonly attention: Attention;
}

export interface Chosen {
  /** one or more: a session of the model on each */
  readonly places: readonly ChosenDevice[];
  /** what the user should know, in sentences */
  readonly notes: readonly string[];
}

const CPU: ChosenDevice = { device: "cpu", attention: "fused" };
/** What is better than the CPU, the best first. */
const GPUS = ["cuda:0", "webgpu"] as const satisfies readonly Device[];

/** Milliseconds of a product's run: enough to tell a GPU from what is none. */
const LONG_ENOUGH = 20;

const chosen = new Map<string, Promise<Chosen>>();

/**
 * Tests the devices that are wanted, or finds the best that works: once in a process, for all of its models.
 * @throws GlmEvalError (model) where a device that is named cannot be used or is wrong
 */
export function chooseDevices(
  wanted: WantedDevices,
  options: { readonly threads?: number | undefined } = {},
): Promise<Chosen> {
  const key = `${wanted} ${options.threads ?? ""}`;
  const known = chosen.get(key) ?? choose(wanted, options);
  chosen.set(key, known);
  return known;
}

async function choose(
  wanted: WantedDevices,
  options: { readonly threads?: number | undefined },
): Promise<Chosen> {
  if (typeof wanted !== "string" && wanted.every((device) => device === "cpu"))
    return { places: wanted.map(() => CPU), notes: [] };
  return await SelfTest.prepare(async (test) => {
    if (typeof wanted === "string") return await best(test, wanted, options);
    const gpus = wanted.filter((device) => device !== "cpu");
    const found = await Promise.allSettled(gpus.map((device) => test.check(device)));
    const tested = new Map<Device, Tested>();
    for (const result of found) {
      if (result.status === "rejected") throw result.reason;
      tested.set(result.value.device, result.value);
    }
    const notes = [...tested.values()].flatMap((each) =>
      each.because === undefined ? [] : [`${each.device}: ${plainly(each)}.`],
    );
    const places = wanted.map((device) => {
      const gpu = tested.get(device);
      return gpu === undefined ? CPU : asChosen(gpu);
    });
    return { places, notes: [...notes, ...mixed(places)] };
  });
}

/** The first GPU that is right and faster than the CPU: a software Vulkan device is neither a GPU nor fast. */
async function best(
  test: SelfTest,
  wanted: "best" | "all",
  options: { readonly threads?: number | undefined },
): Promise<Chosen> {
  const flag = wanted === "best" ? "--device" : "--devices";
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
      const more = wanted === "all" && device === "cuda:0" ? await furtherCuda(test) : [];
      const places = [result.value, ...more].map(asChosen);
      const how = result.value.because ? `; ${plainly(result.value)}` : "";
      const note = because(flag, places, [`${times} or more${how}`, ...reasons]);
      return { places, notes: [note, ...mixed(places)] };
    }
    reasons.push(`${device} works at ${times}`);
  }
  return { places: [CPU], notes: [because(flag, [CPU], reasons)] };
}

/** The CUDA devices after the first one, up to one that is not there or does not work. */
export async function furtherCuda(test: Pick<SelfTest, "check">): Promise<Tested[]> {
  const more: Tested[] = [];
  for (let number = 1; ; number++) {
    try {
      more.push(await test.check(`cuda:${number}`));
    } catch (error) {
      if (error instanceof GlmEvalError) return more;
      throw error;
    }
  }
}

/** @returns a note where a score's last digits hang on which of the devices gave it */
function mixed(places: readonly ChosenDevice[]): string[] {
  const ways = new Set(places.map(({ device, attention }) => `${device.replace(/:.*/, "")} ${attention}`));
  if (ways.size < 2) return [];
  return ["Devices of different kinds: which of them scores a question moves the last digits of its scores."];
}

function because(
  flag: "--device" | "--devices",
  places: readonly ChosenDevice[],
  reasons: readonly string[],
): string {
  return `${flag} auto takes ${places.map(({ device }) => device).join(", ")}: ${reasons.join("; ")}.`;
}

function plainly({ because: reason }: Tested): string {
  return `attention is computed by plain products of matrices, as ${reason}`;
}

function asChosen({ device, attention }: Tested): ChosenDevice {
  return { device, attention };
}
