import path from "node:path";
import { z } from "zod";
import { GlmEvalError, nearest } from "../../errors.js";
import { isOriginalGlm, readConfigJson, readOptionalJson } from "../config/index.js";
import { type ExportFamily, MODEL_GROUPS, type ModelGroup } from "./model-groups.js";

/** An export's configuration from config.json (and from generation_config.json for values that only it contains). */
export interface ExportConfig {
  readonly modelType: string;
  readonly family: ExportFamily;
  readonly layers: number | undefined;
  readonly hidden: number | undefined;
  readonly heads: number | undefined;
  readonly vocabSize: number;
  /** number of positions; undefined if they are relative (T5, BLOOM) */
  readonly maxLength: number | undefined;
  /**
   * size of the attention window of some layers in tokens, including the token itself; undefined if attention is full
   */
  readonly window?: number;
  readonly padTokenId?: number;
  readonly bosTokenId?: number;
  readonly eosTokenId?: number;
  readonly decoderStartTokenId?: number;
  /** the class whose weights were exported, such as BertForMaskedLM */
  readonly architecture?: string;
  /** whether the output vocabulary matrix is the same as the input embedding */
  readonly tied: boolean;
}

/** Matches the end of every architecture's name. */
const ANY: readonly string[] = [""];

const count = z.number().int().positive().optional().catch(undefined);
/** A token id; of a list (several end-of-text tokens), the first. */
const tokenId = z
  .union([z.number().int().nonnegative(), z.array(z.number().int().nonnegative()).min(1)])
  .transform((value) => (typeof value === "number" ? value : value[0]!))
  .optional()
  .catch(undefined);

/** The names that different model types use for the same setting. */
const NAMES = {
  layers: ["num_hidden_layers", "n_layer", "n_layers", "num_layers", "encoder_layers"],
  hidden: ["hidden_size", "n_embd", "d_model", "n_embed", "dim"],
  heads: ["num_attention_heads", "n_head", "n_heads", "num_heads", "encoder_attention_heads"],
  window: ["sliding_window", "window_size"],
  positions: ["max_position_embeddings", "n_positions", "n_ctx", "max_seq_len", "max_sequence_length"],
} as const;

/**
 * Reads the configuration of a model folder.
 * @param family the family to assume, overriding config.json or for an unknown model type
 * @throws GlmEvalError (model) if there is no config.json or the model cannot fill a blank,
 *   GlmEvalError (data) if it is damaged
 */
export async function readExportConfig(folder: string, family?: ExportFamily): Promise<ExportConfig> {
  const json = await readConfigJson(folder);
  const generation = await readOptionalJson(path.join(folder, "generation_config.json"));
  return parseExportConfig(json, path.join(folder, "config.json"), { generation, family });
}

/**
 * @param file the config's file, for messages
 * @param more generation: the parsed generation_config.json, if there is one; family: see `readExportConfig`
 * @throws GlmEvalError (model) for a model that cannot fill a blank, GlmEvalError (data) for an invalid config
 */
export function parseExportConfig(
  json: unknown,
  file: string,
  more: { readonly generation?: unknown; readonly family?: ExportFamily | undefined } = {},
): ExportConfig {
  const { generation, family } = more;
  const raw = Object.assign({}, json) as Record<string, unknown>;
  const group = findGroup(raw, file, family);
  const architecture = z.array(z.string()).catch([]).parse(raw.architectures)[0];
  checkHead(architecture, group, file);
  const number = (key: keyof typeof NAMES) =>
    NAMES[key].map((name) => count.parse(raw[name])).find((value) => value !== undefined);
  const vocabSize = count.parse(raw.vocab_size);
  if (vocabSize === undefined)
    throw new GlmEvalError(
      "bad-config",
      `${file}: vocab_size is ${JSON.stringify(raw.vocab_size) ?? "missing"}`,
      {
        hint: "Use the config.json that the model was published with.",
      },
    );
  const id = (name: string) =>
    tokenId.parse(raw[name]) ?? tokenId.parse((generation as Record<string, unknown> | undefined)?.[name]);
  const ids = {
    padTokenId: id("pad_token_id"),
    bosTokenId: id("bos_token_id"),
    eosTokenId: id("eos_token_id"),
    decoderStartTokenId: id("decoder_start_token_id"),
  };
  // Qwen's configs state a window and whether it is used.
  const window = raw.use_sliding_window === false ? undefined : number("window");
  return {
    modelType: raw.model_type as string,
    family: family ?? group.family,
    layers: number("layers"),
    hidden: number("hidden"),
    heads: number("heads"),
    vocabSize,
    maxLength: computeMaxLength(group, number("positions"), ids.padTokenId, raw),
    ...(window !== undefined && { window }),
    ...Object.fromEntries(Object.entries(ids).filter(([, value]) => value !== undefined)),
    ...(architecture !== undefined && { architecture }),
    tied: raw.tie_word_embeddings !== false,
  };
}

function computeMaxLength(
  group: ModelGroup,
  positions: number | undefined,
  pad: number | undefined,
  raw: Readonly<Record<string, unknown>>,
): number | undefined {
  // Both kinds of Falcon share a model_type: the older ones use ALiBi.
  if (group.positions === "relative" || raw.alibi === true) return undefined;
  if (positions === undefined || group.positions === "absolute") return positions;
  return positions - ((pad ?? 1) + 1);
}

function findGroup(
  raw: Readonly<Record<string, unknown>>,
  file: string,
  family: ExportFamily | undefined,
): ModelGroup {
  const type = raw.model_type;
  const isGlm = isOriginalGlm(raw);
  const group = MODEL_GROUPS.find(({ types }) => types.includes(type as string));
  if (group && !isGlm)
    return family === undefined || family === group.family ? group : { ...group, heads: ANY };
  // The user may know about an architecture that is unknown here; its graph will show whether that is correct.
  if (family !== undefined && !isGlm)
    return { family, types: [], positions: "absolute", heads: ANY, reads: "" };
  const known = MODEL_GROUPS.flatMap(({ types }) => types);
  const suggestion = typeof type === "string" && !isGlm ? nearest(type, known) : undefined;
  const families = (["masked", "seq2seq", "causal"] as const).map((family) => {
    const types = MODEL_GROUPS.filter((g) => g.family === family).flatMap((g) => g.types);
    return `${family}: ${types.join(", ")}`;
  });
  const found = isGlm
    ? `model_type is "glm" with the fields of the original GLM, which is loaded from its weights, not from an export`
    : `model_type is ${type === undefined ? "missing" : JSON.stringify(type)}`;
  throw new GlmEvalError(
    "model-not-supported",
    `${file}: ${found}; supported are infill: glm (blank infilling); ${families.join("; ")}`,
    {
      hint: suggestion
        ? `Did you mean ${suggestion}?`
        : "If you know which family it belongs to, pass --family; GLM checkpoints need no export.",
    },
  );
}

/** Checks the head. A bare model's name (BertModel) does not reveal the export's head: then the graph decides. */
function checkHead(architecture: string | undefined, group: ModelGroup, file: string): void {
  const head = /For[A-Z]\w*$/.exec(architecture ?? "")?.[0];
  if (head === undefined || group.heads.some((known) => head.endsWith(known))) return;
  const wanted = group.heads.map((known) => `…${known}`).join(" or ");
  throw new GlmEvalError(
    "model-not-supported",
    `${file}: the model is a ${architecture}, whose head does not score tokens; expected ${wanted}`,
    { hint: "Use the model that it was derived from, before its head was replaced." },
  );
}
