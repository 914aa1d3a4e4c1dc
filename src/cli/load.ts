import { BUNDLED_MODEL } from "../bundled.js";
import { GlmEvalError } from "../errors.js";
import { parseDevices } from "../models/devices/index.js";
import { type Conventions, type FewshotOptions, PROTOCOLS, type PrepareOptions } from "../runner/index.js";
import {
  type LoadEvent,
  type LoadedReader,
  loadModel,
  loadReader,
  type Model,
  type ModelOptions,
  type ReaderOptions,
} from "../scoring/index.js";
import type {
  DataArguments,
  FewshotArguments,
  ModelArguments,
  ReadingArguments,
  ScoringArguments,
} from "./arguments.js";
import type { Progress } from "./progress.js";

const STAGES = {
  download: "downloading",
  hash: "reading the weights for their hash",
  convert: "converting the model (once)",
  check: "checking the graph against the file as it came (once)",
  load: "loading the model",
} as const;

/** The conventions that the command line asks for: the protocol's, and what is set by itself. */
export function conventionsOf(
  argv: ModelArguments & ScoringArguments & Pick<DataArguments, "aggregate">,
): Conventions {
  const base = PROTOCOLS[argv.protocol];
  return {
    protocol: base.protocol,
    endOfPiece: argv.endOfPiece ?? base.endOfPiece,
    normalization: argv.normalization ?? base.normalization,
    truncation: argv.truncation ?? base.truncation,
    aggregate: argv.aggregate ?? base.aggregate,
  };
}

/**
 * The examples that the command line wants shown before each question; undefined for none.
 * @throws GlmEvalError("usage") where it says which, but not how many
 */
export function fewshotOf(argv: FewshotArguments): Required<FewshotOptions> | undefined {
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
}: Pick<ModelArguments, "device" | "devices">): Pick<ModelOptions, "device" | "devices"> {
  const named = { device, devices: devices?.split(",").map((name) => name.trim()) };
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

/** Reads how the model that the command line names reads questions, without its weights. */
export async function readerFor(
  argv: ReadingArguments & { readonly model: string },
  progress: Progress,
): Promise<LoadedReader> {
  const reader = await loadReader(argv.model, {
    ...readerOptionsOf(argv),
    onProgress: tellLoading(progress),
  });
  progress.end();
  for (const note of reader.notes) progress.say(`note: ${note}`);
  return reader;
}

/** Loads the model that the command line names, telling what takes time. */
export async function loadFor(
  argv: ModelArguments & Pick<ScoringArguments, "maxBatchTokens">,
  progress: Progress,
): Promise<Model> {
  const { allowExtraTensors, dtype, gelu, threads, mmap, maxBatchTokens } = argv;
  const model = await loadModel(argv.model ?? BUNDLED_MODEL, {
    ...readerOptionsOf(argv),
    ...devicesOf(argv),
    ...{ allowExtraTensors, dtype, gelu, threads, mmap, maxBatchTokens },
    onStopped: (note) => progress.say(`note: ${note}`),
    onProgress: tellLoading(progress),
  });
  progress.end();
  for (const note of model.notes) progress.say(`note: ${note}`);
  return model;
}

function readerOptionsOf(argv: ReadingArguments): ReaderOptions {
  const { revision, offline, family, decoding, maxLength, truncation, protocol, eosToken } = argv;
  const { maskToken: mask } = argv;
  const maskToken = mask !== undefined && /^\d+$/.test(mask) ? Number(mask) : mask;
  return { revision, offline, family, decoding, maxLength, truncation, protocol, eosToken, maskToken };
}

function tellLoading(progress: Progress): (event: LoadEvent) => void {
  let stage: string | undefined;
  return (event) => {
    if (event.note !== undefined) return progress.say(event.note);
    const { file, device } = event;
    const label = `${STAGES[event.stage]}${file ? ` ${file}` : ""}${device ? ` on ${device}` : ""}`;
    if (label !== stage) progress.say(`${label} …`);
    stage = label;
    if (event.total) progress.update(label, event.done ?? 0, event.total, "bytes");
  };
}
