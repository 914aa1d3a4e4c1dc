import path from "node:path";
import { GlmEvalError } from "../../errors.js";
import { cacheFolder, hashFiles } from "../../fetch/cache/index.js";
import { openCheckpoint } from "../checkpoint/index.js";
import { readConfigJson } from "../config/index.js";
import { checkMmap, type Device, type Mmap, openSession, planMemory, type Session } from "../onnx/index.js";
import { type LoadedTokenizer, loadTokenizer, type TokenizerOptions } from "../tokenizers/index.js";
import {
  type Conversion,
  type ConversionProgress,
  checkTensors,
  convert,
  makeConversionKey,
  matchesConversion,
  readEmbeddingRow,
  readManifest,
  writeGraph,
} from "./convert.js";
import type { GlmDtype } from "./formats/index.js";
import { type Gelu, type GlmConfig, parseGlmConfig } from "./glm-config.js";
import type { Attention, Head } from "./glm-graph.js";
import { estimateGlmMemory } from "./glm-memory.js";

/** The contents of a GLM's folder other than its weights. */
export interface GlmFolder {
  readonly folder: string;
  readonly config: GlmConfig;
  readonly tokenizer: LoadedTokenizer;
}

export interface LoadOptions {
  /** which code base to follow where the two differ: the original repository's ("glm", default) or the hub's */
  readonly protocol?: TokenizerOptions["protocol"] | undefined;
  /** default: the value in config.json, otherwise tanh for "glm" and erf for "glm-hf" */
  readonly gelu?: Gelu | undefined;
  readonly attention?: Attention | undefined;
  readonly head?: Head | undefined;
  /** number format of the weights; default: that of a converted folder, otherwise fp32 */
  readonly dtype?: GlmDtype | undefined;
  readonly threads?: number | undefined;
  /** default: the CPU; any other device must have a tested attention (models/devices) */
  readonly device?: Device | undefined;
  /**
   * number of CPU sessions of the model to estimate memory for, if several are opened one after the other; default: one
   * on the CPU, none on another device
   */
  readonly cpuSessions?: number | undefined;
  /** maximum number of tokens in a batch, for the memory estimate */
  readonly maxBatchTokens?: number | undefined;
  /** whether to memory-map the weights; default: auto */
  readonly mmap?: Mmap | undefined;
  readonly allowExtraTensors?: boolean | undefined;
  /** the cache of converted models; default: the user's */
  readonly cacheFolder?: string | undefined;
  readonly onProgress?:
    | ((stage: "hash" | "convert" | "load", progress?: ConversionProgress) => void)
    | undefined;
  /** called before a model of at least 1 GB is loaded, with the memory it needs and whether it fits */
  readonly onNote?: ((note: string) => void) | undefined;
}

export interface LoadedGlm extends GlmFolder {
  readonly session: Session;
  readonly gelu: Gelu;
  readonly dtype: GlmDtype;
  /** whether the weights are memory-mapped */
  readonly mmap: boolean;
  /** sha256 of the weight files and of everything that determines the token ids */
  readonly hashes: { readonly weights: string; readonly tokenizer: string };
  /** notes for the user, as sentences */
  readonly notes: readonly string[];
}

/** @throws GlmEvalError (model) if there is no config.json, GlmEvalError (data) if it is not JSON */
export async function readConfig(folder: string): Promise<GlmConfig> {
  return parseGlmConfig(await readConfigJson(folder), path.join(folder, "config.json"));
}

/**
 * Reads a GLM's folder except its weights.
 * @throws GlmEvalError of kind "model", "data" or "usage" (a special token that does not exist), with the reason
 */
export async function readGlm(
  folder: string,
  options: Omit<TokenizerOptions, "vocabSize"> = {},
): Promise<GlmFolder> {
  const config = await readConfig(folder);
  const tokenizer = await loadTokenizer(folder, { ...options, vocabSize: config.vocabSize });
  return { folder, config, tokenizer };
}

export interface Converted {
  readonly folder: string;
  readonly dtype: GlmDtype;
  readonly weights: string;
  /** whether the conversion was done just now */
  readonly converted: boolean;
}

/**
 * Returns the folder with the model's converted weights: the folder itself if it is already converted, otherwise one in
 * the cache, which is created if necessary.
 * @throws GlmEvalError (model) if a converted folder has a different dtype than the requested one
 */
export async function ensureConverted(
  folder: string,
  config: GlmConfig,
  options: Pick<LoadOptions, "allowExtraTensors" | "cacheFolder" | "dtype" | "onProgress"> & {
    output?: string;
  } = {},
): Promise<Converted> {
  const own = await readManifest(folder);
  if (own && !options.output) {
    const { dtype, weights } = own;
    if (options.dtype !== undefined && options.dtype !== dtype)
      throw new GlmEvalError(
        "dtype-not-available",
        `${folder} was converted to ${dtype}, but --dtype ${options.dtype} requests another number format`,
        { hint: "Omit --dtype, or pass the checkpoint that the folder was converted from." },
      );
    return { folder, dtype, weights, converted: false };
  }
  const checkpoint = await openCheckpoint(folder);
  try {
    checkTensors(checkpoint, config, { allowExtra: options.allowExtraTensors ?? false });
    const cache = options.cacheFolder ?? cacheFolder();
    const weights = await hashFiles(checkpoint.files, {
      folder: cache,
      onRead: () => options.onProgress?.("hash"),
    });
    const { dtype = "fp32" } = options;
    const conversion: Conversion = { config, dtype, weights };
    const target = options.output ?? path.join(cache, "models", makeConversionKey(config, dtype, weights));
    const current = matchesConversion(await readManifest(target), conversion);
    if (!current) await convert(checkpoint, conversion, target, (p) => options.onProgress?.("convert", p));
    return { folder: target, dtype, weights, converted: !current };
  } finally {
    await checkpoint.close();
  }
}

/**
 * Loads a GLM's weights, converted (once) to an ONNX graph, on a device.
 * @throws GlmEvalError of kind "model" or "data", naming the file and what is wrong with it
 */
export async function loadGlm(glm: GlmFolder, options: LoadOptions = {}): Promise<LoadedGlm> {
  const { folder, config, tokenizer } = glm;
  const { protocol = "glm", threads, device = "cpu" } = options;
  checkMmap(options.mmap, device);
  const converted = await ensureConverted(folder, config, options);
  const gelu = options.gelu ?? config.gelu ?? (protocol === "glm" ? "tanh" : "erf");
  const { dtype } = converted;
  const { attention, head } = options;
  const model = await writeGraph(converted.folder, config, { gelu, dtype, attention, head });
  options.onProgress?.("load");
  const { cpuSessions = device === "cpu" ? 1 : 0 } = options;
  const need = estimateGlmMemory(config, dtype, options.maxBatchTokens ?? config.maxLength);
  // Of several CPU sessions, the first one reports the memory that all of them need.
  const together = { ...need, loaded: need.loaded * Math.max(1, cpuSessions) };
  const { mmap, note } =
    device === "cpu" ? planMemory(together, process.availableMemory(), options.mmap) : { mmap: false };
  if (note !== undefined && cpuSessions > 0) options.onNote?.(note);
  const session = await openSession(model, { threads, device, mmap });
  return {
    ...glm,
    session,
    gelu,
    dtype,
    mmap,
    hashes: { weights: converted.weights, tokenizer: tokenizer.hash },
    notes: await findMaskNotes(converted.folder, { config, dtype }, tokenizer),
  };
}

/**
 * The hub's glm-roberta-large names [MASK] = 50267, a row that training never touched, in addition to the trained
 * <mask> = 50264 (glm.md §2.3). If a tokenizer has two masks with different embedding rows, a note states which one is
 * used.
 */
async function findMaskNotes(
  folder: string,
  model: Pick<Conversion, "config" | "dtype">,
  tokenizer: LoadedTokenizer,
): Promise<string[]> {
  const used = tokenizer.special.mask;
  const notes: string[] = [];
  for (const { token, id } of tokenizer.masks) {
    if (id === used) continue;
    const [a, b] = await Promise.all([
      readEmbeddingRow(folder, model, used),
      readEmbeddingRow(folder, model, id),
    ]);
    if (!a.equals(b))
      notes.push(
        `The blank is ${tokenizer.token(used)} (${used}); the tokenizer's ${token} (${id}) has a different embedding ` +
          "(choose with --mask-token).",
      );
  }
  return notes;
}
