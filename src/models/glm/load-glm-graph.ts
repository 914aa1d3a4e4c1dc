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
  conversionKey,
  convert,
  holds,
  readEmbeddingRow,
  readManifest,
  writeGraph,
} from "./convert.js";
import type { GlmDtype } from "./formats/index.js";
import { type Gelu, type GlmConfig, parseGlmConfig } from "./glm-config.js";
import type { Attention, Head } from "./glm-graph.js";
import { memoryNeeded } from "./glm-memory.js";

/** What a GLM's folder says without its weights. */
export interface GlmFolder {
  readonly folder: string;
  readonly config: GlmConfig;
  readonly tokenizer: LoadedTokenizer;
}

export interface LoadOptions {
  /** which of the two code bases decides where they differ: the original repository's ("glm", default) or the hub's */
  readonly protocol?: TokenizerOptions["protocol"] | undefined;
  /** undefined: what config.json says, else tanh for "glm" and erf for "glm-hf" */
  readonly gelu?: Gelu | undefined;
  readonly attention?: Attention | undefined;
  readonly head?: Head | undefined;
  /** number format of the weights; what a converted folder holds, or fp32, unless given */
  readonly dtype?: GlmDtype | undefined;
  readonly threads?: number | undefined;
  /** the CPU unless given; one whose attention was tested (models/devices) */
  readonly device?: Device | undefined;
  /**
   * sessions of the model on the CPU whose memory is estimated, where several are opened one after the other; one, or
   * none on another device, unless given
   */
  readonly cpuSessions?: number | undefined;
  /** most tokens of one batch, for the estimate of what memory the model needs */
  readonly maxBatchTokens?: number | undefined;
  /** whether the weights stay in their file; auto unless given */
  readonly mmap?: Mmap | undefined;
  readonly allowExtraTensors?: boolean | undefined;
  /** the cache of converted models; the user's own unless given */
  readonly cacheFolder?: string | undefined;
  readonly onProgress?:
    | ((stage: "hash" | "convert" | "load", progress?: ConversionProgress) => void)
    | undefined;
  /** told before a model of a GB or more is loaded: what memory it needs, and whether it fits */
  readonly onNote?: ((note: string) => void) | undefined;
}

export interface LoadedGlm extends GlmFolder {
  readonly session: Session;
  readonly gelu: Gelu;
  readonly dtype: GlmDtype;
  /** whether the weights stay in their file */
  readonly mmap: boolean;
  /** sha256 of the weight files and of what determines the token ids */
  readonly hashes: { readonly weights: string; readonly tokenizer: string };
  /** things that the user should know, in sentences */
  readonly notes: readonly string[];
}

/** @throws GlmEvalError (model) where there is no config.json, GlmEvalError (data) where it is no JSON */
export async function readConfig(folder: string): Promise<GlmConfig> {
  return parseGlmConfig(await readConfigJson(folder), path.join(folder, "config.json"));
}

/**
 * Reads what a GLM's folder says without its weights.
 * @throws GlmEvalError with kind "model", "data" or "usage" (a special token that is not there), saying what is wrong
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
  /** whether that was done just now */
  readonly converted: boolean;
}

/**
 * The folder that holds the model's converted weights: the folder itself if it is a converted one, else the cache's,
 * made now if it is not there yet.
 * @throws GlmEvalError (model) where a converted folder is of another dtype than the one asked for
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
        `${folder} was converted to ${dtype}; --dtype ${options.dtype} asks for another number format`,
        { hint: "Leave --dtype out, or name the checkpoint that the folder was converted from." },
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
    const target = options.output ?? path.join(cache, "models", conversionKey(config, dtype, weights));
    const current = holds(await readManifest(target), conversion);
    if (!current) await convert(checkpoint, conversion, target, (p) => options.onProgress?.("convert", p));
    return { folder: target, dtype, weights, converted: !current };
  } finally {
    await checkpoint.close();
  }
}

/**
 * Loads a GLM's weights, converted (once) to an ONNX graph, on a device.
 * @throws GlmEvalError with kind "model" or "data", saying which file is wrong and how
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
  const need = memoryNeeded(config, dtype, options.maxBatchTokens ?? config.maxLength);
  // Of several sessions on the CPU the first one tells what all of them need.
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
    notes: await maskNotes(converted.folder, { config, dtype }, tokenizer),
  };
}

/**
 * The hub's glm-roberta-large names [MASK] = 50267, a row that training never touched, beside the trained <mask>
 * = 50264 (glm.md §2.3). Where a tokenizer has two masks whose embedding rows differ, say which one is used.
 */
async function maskNotes(
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
        `The blank is ${tokenizer.token(used)} (${used}); the tokenizer's ${token} (${id}) has another embedding ` +
          "(--mask-token chooses).",
      );
  }
  return notes;
}
