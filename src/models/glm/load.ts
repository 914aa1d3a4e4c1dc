import path from "node:path";
import { cacheFolder, hashFiles } from "../cache/index.js";
import { openCheckpoint } from "../checkpoint/index.js";
import { readConfigJson } from "../config/index.js";
import { type Device, openSession, type Session } from "../onnx/index.js";
import { type LoadedTokenizer, loadTokenizer } from "../tokenizers/index.js";
import { type Gelu, type GlmConfig, parseGlmConfig } from "./config.js";
import {
  type ConversionProgress,
  checkTensors,
  conversionKey,
  convert,
  readEmbeddingRow,
  readManifest,
  writeGraph,
} from "./convert.js";
import type { Attention, Head } from "./graph.js";

export interface LoadOptions {
  /** which of the two code bases decides where they differ: the original repository's ("glm") or the hub's */
  readonly convention: "glm" | "glm-hf";
  /** undefined: what config.json says, else tanh for "glm" and erf for "glm-hf" */
  readonly gelu?: Gelu;
  readonly eosToken?: string;
  readonly maskToken?: string | number;
  readonly attention?: Attention;
  readonly head?: Head;
  readonly threads?: number;
  /** the CPU unless given; one whose attention was tested (models/devices) */
  readonly device?: Device;
  readonly allowExtraTensors?: boolean;
  /** the cache of converted models; the user's own unless told otherwise */
  readonly cache?: string;
  readonly onProgress?: (stage: "hash" | "convert" | "load", progress?: ConversionProgress) => void;
}

export interface LoadedGlm {
  readonly config: GlmConfig;
  readonly tokenizer: LoadedTokenizer;
  readonly session: Session;
  readonly gelu: Gelu;
  /** sha256 of the weight files and of what determines the token ids */
  readonly hashes: { readonly weights: string; readonly tokenizer: string };
  /** things that the user should know, in sentences */
  readonly notes: readonly string[];
}

/** @throws GlmEvalError("model") where there is no config.json, GlmEvalError("data") where it is no JSON */
export async function readConfig(folder: string): Promise<GlmConfig> {
  return parseGlmConfig(await readConfigJson(folder), path.join(folder, "config.json"));
}

/**
 * The folder that holds the model's converted weights: the folder itself if it is a converted one, else the cache's,
 * made now if it is not there yet.
 */
export async function ensureConverted(
  folder: string,
  config: GlmConfig,
  options: Pick<LoadOptions, "allowExtraTensors" | "cache" | "onProgress"> & { output?: string } = {},
): Promise<{ folder: string; weights: string; converted: boolean }> {
  const own = await readManifest(folder);
  if (own && !options.output) return { folder, weights: own.weights, converted: false };
  const checkpoint = await openCheckpoint(folder);
  try {
    checkTensors(checkpoint, config, { allowExtra: options.allowExtraTensors ?? false });
    const cache = options.cache ?? cacheFolder();
    const weights = await hashFiles(checkpoint.files, cache, () => options.onProgress?.("hash"));
    const target = options.output ?? path.join(cache, "models", conversionKey(config, weights));
    const there = await readManifest(target);
    const current = there?.weights === weights;
    if (!current)
      await convert(checkpoint, config, target, weights, (p) => options.onProgress?.("convert", p));
    return { folder: target, weights, converted: !current };
  } finally {
    await checkpoint.close();
  }
}

/**
 * Loads a GLM from a folder: its tokenizer, and its weights converted (once) to an ONNX graph, on a device.
 * @throws GlmEvalError with kind "model" or "data", saying which file is wrong and how
 */
export async function loadGlm(folder: string, options: LoadOptions): Promise<LoadedGlm> {
  const config = await readConfig(folder);
  const tokenizer = await loadTokenizer(folder, {
    convention: options.convention,
    vocabSize: config.vocabSize,
    ...(options.eosToken !== undefined && { eosToken: options.eosToken }),
    ...(options.maskToken !== undefined && { maskToken: options.maskToken }),
  });
  const converted = await ensureConverted(folder, config, options);
  const gelu = options.gelu ?? config.gelu ?? (options.convention === "glm" ? "tanh" : "erf");
  const model = await writeGraph(converted.folder, config, {
    gelu,
    ...(options.attention && { attention: options.attention }),
    ...(options.head && { head: options.head }),
  });
  options.onProgress?.("load");
  const { threads, device } = options;
  const session = await openSession(model, { ...(threads && { threads }), ...(device && { device }) });
  return {
    config,
    tokenizer,
    session,
    gelu,
    hashes: { weights: converted.weights, tokenizer: tokenizer.hash },
    notes: await maskNotes(converted.folder, config, tokenizer),
  };
}

/**
 * The hub's glm-roberta-large names [MASK] = 50267, a row that training never touched, beside the trained <mask>
 * = 50264 (glm.md §2.3). Where a tokenizer has two masks whose embedding rows differ, say which one is used.
 */
async function maskNotes(folder: string, config: GlmConfig, tokenizer: LoadedTokenizer): Promise<string[]> {
  const used = tokenizer.special.mask;
  const notes: string[] = [];
  for (const { token, id } of tokenizer.masks) {
    if (id === used) continue;
    const [a, b] = await Promise.all([
      readEmbeddingRow(folder, config, used),
      readEmbeddingRow(folder, config, id),
    ]);
    if (a.some((value, k) => value !== b[k]))
      notes.push(
        `The blank is ${tokenizer.token(used)} (${used}); the tokenizer's ${token} (${id}) has another embedding ` +
          "(--mask-token chooses).",
      );
  }
  return notes;
}
