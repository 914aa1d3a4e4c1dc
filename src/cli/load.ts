import { BUNDLED_MODEL } from "../bundled.js";
import { GlmEvalError } from "../errors.js";
import { parseDevices } from "../models/devices/index.js";
import {
  conventionsOf as askedConventions,
  type DataOptions,
  type ModelOptions,
  type ScoringOptions,
} from "../options/index.js";
import { type Conventions, type FewshotOptions, PROTOCOLS, type PrepareOptions } from "../runner/index.js";
import { type LoadModelOptions, loadModel, type Model } from "../scoring/index.js";
import { notWired } from "./not-wired.js";
import type { Progress } from "./terminal/progress.js";

const STAGES = {
  download: "downloading",
  hash: "reading the weights for their hash",
  convert: "converting the model (once)",
  check: "checking the graph against the file as it came (once)",
  load: "loading the model",
} as const;

/** The conventions that the command line asks for: the protocol's, and what is set by itself. */
export function conventionsOf(
  argv: Pick<ModelOptions, "protocol" | "truncation"> & Partial<ScoringOptions>,
): Conventions {
  const { normalization, calibration, ...others } = askedConventions(argv);
  if (calibration !== "none") throw notWired(`--calibration ${calibration}`);
  if (normalization !== "auto" && normalization !== "sum" && normalization !== "mean")
    throw notWired(`--normalization ${normalization}`);
  return { ...others, normalization };
}

/**
 * The examples that the command line wants shown before each question; undefined for none.
 * @throws GlmEvalError("usage") where it says which, but not how many
 */
export function fewshotOf(argv: DataOptions): Required<FewshotOptions> | undefined {
  if (argv.numFewshot === 0) {
    if (!argv.fewshotBalanced && argv.fewshotSeed === 0) return undefined;
    const flag = argv.fewshotBalanced ? "--fewshot-balanced" : "--fewshot-seed";
    throw new GlmEvalError("usage", `${flag} says which examples are shown, but none are`, {
      hint: "Say how many: --num-fewshot 4",
    });
  }
  return { count: argv.numFewshot, seed: argv.fewshotSeed, balanced: argv.fewshotBalanced };
}

/**
 * The devices that the command line names, as `loadModel` takes them.
 * @throws GlmEvalError("usage") where they cannot be devices
 */
export function devicesOf({
  device,
  devices,
}: Pick<ModelOptions, "device" | "devices">): Pick<LoadModelOptions, "device" | "devices"> {
  const named = {
    ...(device !== undefined && { device }),
    ...(devices !== undefined && { devices }),
  };
  parseDevices(named);
  return named;
}

/** How data files that are addresses are downloaded. */
export function downloadsOf(
  { offline }: { offline: boolean },
  progress: Progress,
): NonNullable<PrepareOptions["downloads"]> {
  return {
    offline,
    onProgress: ({ url, received, total }) =>
      progress.update(`downloading ${url}`, received, total ?? received, "bytes"),
    onNote: (note) => progress.say(note),
  };
}

/** Loads the model that the command line names, telling what takes time. */
export async function loadFor(
  argv: ModelOptions & { readonly model?: string | undefined },
  progress: Progress,
): Promise<Model> {
  const name = argv.model ?? BUNDLED_MODEL;
  let stage: string | undefined;
  const model = await loadModel(name, {
    convention: argv.protocol,
    offline: argv.offline,
    allowExtraTensors: argv.allowExtraTensors,
    truncation: argv.truncation ?? PROTOCOLS[argv.protocol].truncation,
    ...(argv.revision !== undefined && { revision: argv.revision }),
    ...(argv.family && { family: argv.family }),
    ...(argv.dtype && { dtype: argv.dtype }),
    ...(argv.decoding && { decoding: argv.decoding }),
    ...(argv.gelu && { gelu: argv.gelu }),
    ...(argv.eosToken !== undefined && { eosToken: argv.eosToken }),
    ...(argv.maskToken !== undefined && { maskToken: argv.maskToken }),
    ...(argv.maxLength && { maxLength: argv.maxLength }),
    ...(argv.maxBatchTokens && { passTokens: argv.maxBatchTokens }),
    ...(argv.threads && { threads: argv.threads }),
    ...devicesOf(argv),
    onStopped: (note) => progress.say(`note: ${note}`),
    ...(argv.mmap && { mmap: argv.mmap }),
    onProgress: (event) => {
      if (event.note !== undefined) return progress.say(event.note);
      const { file, device } = event;
      const label = `${STAGES[event.stage]}${file ? ` ${file}` : ""}${device ? ` on ${device}` : ""}`;
      if (label !== stage) progress.say(`${label} …`);
      stage = label;
      if (event.total) progress.update(label, event.done ?? 0, event.total, "bytes");
    },
  });
  progress.end();
  for (const note of model.notes) progress.say(`note: ${note}`);
  return model;
}
