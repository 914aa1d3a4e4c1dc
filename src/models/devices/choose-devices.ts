import { GlmEvalError } from "../../errors.js";
import type { Attention } from "../glm/index.js";
import type { Device } from "../onnx/index.js";
import type { WantedDevices } from "./device-names.js";
import { measureProductRate } from "./product-rate.js";
import { SelfTest, type Tested } from "./self-test.js";

/** The device that a model will run on, and how attention must be computed there. */
export interface ChosenDevice {
  readonly device: Device;
  readonly attention: Attention;
}

export interface Chosen {
  /** one or more; the model gets a session on each */
  readonly places: readonly ChosenDevice[];
  /** notes for the user, as sentences */
  readonly notes: readonly string[];
}

const CPU: ChosenDevice = { device: "cpu", attention: "fused" };
/** Devices that are better than the CPU, best first. */
const GPUS = ["cuda:0", "webgpu"] as const satisfies readonly Device[];

/** Duration of a product's run in milliseconds: enough to distinguish a real GPU from a software device. */
const MIN_DURATION = 20;

const chosen = new Map<string, Promise<Chosen>>();

/**
 * Tests the requested devices, or finds the best one that works: once per process, for all of its models.
 * @throws GlmEvalError (model) if a named device is not usable or computes wrong results
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
    if (typeof wanted === "string") return await findBest(test, wanted, options);
    const gpus = wanted.filter((device) => device !== "cpu");
    const found = await Promise.allSettled(gpus.map((device) => test.check(device)));
    const tested = new Map<Device, Tested>();
    for (const result of found) {
      if (result.status === "rejected") throw result.reason;
      tested.set(result.value.device, result.value);
    }
    const notes = [...tested.values()].flatMap((each) =>
      each.because === undefined ? [] : [`${each.device}: ${describePlainAttention(each)}.`],
    );
    const places = wanted.map((device) => {
      const gpu = tested.get(device);
      return gpu === undefined ? CPU : toChosen(gpu);
    });
    return { places, notes: [...notes, ...noteMixedDevices(places)] };
  });
}

/** Finds the first GPU that is correct and faster than the CPU: a software Vulkan device is neither a GPU nor fast. */
async function findBest(
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
    cpuRate ??= await measureProductRate("cpu", { ...options, minDuration: MIN_DURATION });
    const rate = await measureProductRate(device, { minDuration: MIN_DURATION });
    const times = `${(rate / cpuRate).toPrecision(2)} times the CPU's speed`;
    if (rate > cpuRate) {
      const more = wanted === "all" && device === "cuda:0" ? await testFurtherCuda(test) : [];
      const places = [result.value, ...more].map(toChosen);
      const how = result.value.because ? `; ${describePlainAttention(result.value)}` : "";
      const note = formatChoice(flag, places, [`${times} or more${how}`, ...reasons]);
      return { places, notes: [note, ...noteMixedDevices(places)] };
    }
    reasons.push(`${device} works at ${times}`);
  }
  return { places: [CPU], notes: [formatChoice(flag, [CPU], reasons)] };
}

/** Tests the CUDA devices after the first one, until one does not exist or does not work. */
export async function testFurtherCuda(test: Pick<SelfTest, "check">): Promise<Tested[]> {
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

/** @returns a note if the last digits of a score depend on which device computed it */
function noteMixedDevices(places: readonly ChosenDevice[]): string[] {
  const ways = new Set(places.map(({ device, attention }) => `${device.replace(/:.*/, "")} ${attention}`));
  if (ways.size < 2) return [];
  return [
    "The devices are of different kinds: the last digits of a score depend on which device computed it.",
  ];
}

function formatChoice(
  flag: "--device" | "--devices",
  places: readonly ChosenDevice[],
  reasons: readonly string[],
): string {
  return `${flag} auto selects ${places.map(({ device }) => device).join(", ")}: ${reasons.join("; ")}.`;
}

function describePlainAttention({ because: reason }: Tested): string {
  return `attention is computed with plain matrix products, because ${reason}`;
}

function toChosen({ device, attention }: Tested): ChosenDevice {
  return { device, attention };
}
