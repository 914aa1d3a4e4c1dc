import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { GlmEvalError, nearest } from "../../errors.js";
import { type ExportFamily, MODEL_GROUPS, type ModelGroup } from "./families.js";

/** What config.json (and generation_config.json, where it alone says so) tells of an export. */
export interface ExportConfig {
  readonly modelType: string;
  readonly family: ExportFamily;
  readonly layers: number | undefined;
  readonly hidden: number | undefined;
  readonly heads: number | undefined;
  readonly vocabSize: number;
  /** positions that the model has; undefined where they are relative (T5, BLOOM) */
  readonly maxLength: number | undefined;
  /** how many tokens back a token looks in some of the layers, itself included; undefined where it looks at all of them */
  readonly window?: number;
  readonly padTokenId?: number;
  readonly bosTokenId?: number;
  readonly eosTokenId?: number;
  readonly decoderStartTokenId?: number;
  /** the class whose weights were exported, such as BertForMaskedLM */
  readonly architecture?: string;
  /** whether the vocabulary's matrix at the end is that of the beginning */
  readonly tied: boolean;
}

const count = z.number().int().positive().optional().catch(undefined);
/** A token id; where a list stands (several ends of text), its first. */
const tokenId = z
  .union([z.number().int().nonnegative(), z.array(z.number().int().nonnegative()).min(1)])
  .transform((value) => (typeof value === "number" ? value : value[0]!))
  .optional()
  .catch(undefined);

/** The names that model types give to the same thing. */
const NAMES = {
  layers: ["num_hidden_layers", "n_layer", "n_layers", "num_layers", "encoder_layers"],
  hidden: ["hidden_size", "n_embd", "d_model", "n_embed", "dim"],
  heads: ["num_attention_heads", "n_head", "n_heads", "num_heads", "encoder_attention_heads"],
  window: ["sliding_window", "window_size"],
  positions: ["max_position_embeddings", "n_positions", "n_ctx", "max_seq_len", "max_sequence_length"],
} as const;

/**
 * Reads what a model folder says of itself.
 * @throws GlmEvalError("model") where there is no config.json or its model is none that reads a blank,
 *   GlmEvalError("data") where it is damaged
 */
export async function readExportConfig(folder: string): Promise<ExportConfig> {
  const file = path.join(folder, "config.json");
  const json = await readJson(file);
  if (json === undefined) {
    const isFolder = await stat(folder).then(
      (s) => s.isDirectory(),
      () => false,
    );
    throw new GlmEvalError(
      "model",
      isFolder ? `${folder} has no config.json` : `${folder} is not a folder that can be read`,
      { hint: "A model folder holds config.json, tokenizer.json and onnx/, as on the hub." },
    );
  }
  const generation = await readJson(path.join(folder, "generation_config.json"));
  return parseExportConfig(json, file, generation);
}

/** @returns undefined where there is no such file */
async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new GlmEvalError("data", `${file} is not JSON: ${(error as Error).message}`, {
      hint: "The file is damaged or half downloaded: download or copy it again.",
    });
  }
}

/**
 * @param file where the config comes from, for messages
 * @param generation the parsed generation_config.json, where there is one
 * @throws GlmEvalError("model") for a model that reads no blank, GlmEvalError("data") for a broken config
 */
export function parseExportConfig(json: unknown, file: string, generation?: unknown): ExportConfig {
  const raw = Object.assign({}, json) as Record<string, unknown>;
  const group = findGroup(raw, file);
  const architecture = z.array(z.string()).catch([]).parse(raw.architectures)[0];
  checkHead(architecture, group, file);
  const number = (key: keyof typeof NAMES) =>
    NAMES[key].map((name) => count.parse(raw[name])).find((value) => value !== undefined);
  const vocabSize = count.parse(raw.vocab_size);
  if (vocabSize === undefined)
    throw new GlmEvalError("data", `${file}: vocab_size is ${JSON.stringify(raw.vocab_size) ?? "missing"}`, {
      hint: "Take the config.json that the model was published with.",
    });
  const id = (name: string) =>
    tokenId.parse(raw[name]) ?? tokenId.parse((generation as Record<string, unknown> | undefined)?.[name]);
  const ids = {
    padTokenId: id("pad_token_id"),
    bosTokenId: id("bos_token_id"),
    eosTokenId: id("eos_token_id"),
    decoderStartTokenId: id("decoder_start_token_id"),
  };
  // Qwen's configs state a window and whether it is in use.
  const window = raw.use_sliding_window === false ? undefined : number("window");
  return {
    modelType: raw.model_type as string,
    family: group.family,
    layers: number("layers"),
    hidden: number("hidden"),
    heads: number("heads"),
    vocabSize,
    maxLength: maxLength(group, number("positions"), ids.padTokenId, raw),
    ...(window !== undefined && { window }),
    ...Object.fromEntries(Object.entries(ids).filter(([, value]) => value !== undefined)),
    ...(architecture !== undefined && { architecture }),
    tied: raw.tie_word_embeddings !== false,
  };
}

function maxLength(
  group: ModelGroup,
  positions: number | undefined,
  pad: number | undefined,
  raw: Readonly<Record<string, unknown>>,
): number | undefined {
  // Falcons of both kinds share a model_type: the first ones have ALiBi.
  if (group.positions === "relative" || raw.alibi === true) return undefined;
  if (positions === undefined || group.positions === "absolute") return positions;
  return positions - ((pad ?? 1) + 1);
}

function findGroup(raw: Readonly<Record<string, unknown>>, file: string): ModelGroup {
  const type = raw.model_type;
  // GLM-4 took over the model_type of the original GLM.
  const isOriginalGlm = type === "glm" && !("num_key_value_heads" in raw || "intermediate_size" in raw);
  const group = MODEL_GROUPS.find(({ types }) => types.includes(type as string));
  if (group && !isOriginalGlm) return group;
  const known = MODEL_GROUPS.flatMap(({ types }) => types);
  const similar = typeof type === "string" && !isOriginalGlm ? nearest(type, known) : undefined;
  const families = (["masked", "seq2seq", "causal"] as const).map((family) => {
    const types = MODEL_GROUPS.filter((g) => g.family === family).flatMap((g) => g.types);
    return `${family}: ${types.join(", ")}`;
  });
  const found = isOriginalGlm
    ? `model_type is "glm" with the fields of the original GLM, which is loaded from its weights and not from an export`
    : `model_type is ${type === undefined ? "missing" : JSON.stringify(type)}`;
  throw new GlmEvalError("model", `${file}: ${found}; exports known here are ${families.join("; ")}`, {
    hint: similar
      ? `Did you mean ${similar}?`
      : "Models of other types have no head that scores tokens, or one that is not read here.",
  });
}

/** A bare model's name (BertModel) says nothing of the export's head: what the graph has decides there. */
function checkHead(architecture: string | undefined, group: ModelGroup, file: string): void {
  const head = /For[A-Z]\w*$/.exec(architecture ?? "")?.[0];
  if (head === undefined || group.heads.some((known) => head.endsWith(known))) return;
  const wanted = group.heads.map((known) => `…${known}`).join(" or ");
  throw new GlmEvalError(
    "model",
    `${file}: the model is a ${architecture}, whose head does not score tokens; expected is ${wanted}`,
    { hint: "Take the model that it was made from, before its head was replaced." },
  );
}
