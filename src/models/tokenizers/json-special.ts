import { GlmEvalError } from "../../errors.js";
import { readSpelling, type TokenizerConfig } from "./tokenizer-config.js";
import type { TokenizerFolder } from "./tokenizer-folder.js";

/** The ids of a tokenizer.json's special tokens. */
export interface JsonSpecialTokens {
  readonly pad?: number;
  readonly bos?: number;
  readonly eos?: number;
  readonly unk?: number;
  readonly mask?: number;
  /** <extra_id_0>, <extra_id_1> … in order; empty if the vocabulary has none */
  readonly sentinels: readonly number[];
}

/** Usual spellings, for a tokenizer.json that comes without the files that name the tokens. */
const USUAL = {
  pad: ["[PAD]", "<pad>"],
  bos: ["<s>", "<|begin_of_text|>", "<|endoftext|>"],
  eos: ["</s>", "<|end_of_text|>", "<|endoftext|>"],
  unk: ["[UNK]", "<unk>"],
  mask: ["[MASK]", "<mask>"],
} as const;

/** T5 has them as special tokens; mT5 as SentencePiece pieces, prefixed with the space mark. */
const SENTINEL = /^(▁?)<extra_id_(\d+)>$/;

/**
 * Finds special tokens by their names in tokenizer_config.json, then in special_tokens_map.json, then by their usual
 * spelling among the special tokens of tokenizer.json. null, or a name without an id, means that there is no such
 * token.
 */
export async function findJsonSpecialTokens(
  folder: TokenizerFolder,
  config: TokenizerConfig,
  ids: ReadonlyMap<string, number>,
  special: ReadonlySet<string>,
  unknown: number | undefined,
): Promise<JsonSpecialTokens> {
  const file = "special_tokens_map.json";
  const map = folder.names.has(file) ? await folder.json(file) : {};
  const findName = (role: keyof typeof USUAL): string | undefined => {
    const key = `${role}_token`;
    if (config.mentions(key)) return config.token(key);
    if (map[key] !== undefined && map[key] !== null) return readSpelling(map[key], folder.file(file), key);
    return USUAL[role].find((token) => special.has(token));
  };
  const roles: { -readonly [role in keyof typeof USUAL]?: number } = {};
  for (const role of Object.keys(USUAL) as (keyof typeof USUAL)[]) {
    const id = ids.get(findName(role) ?? "") ?? (role === "unk" ? unknown : undefined);
    if (id !== undefined) roles[role] = id;
  }
  return { ...roles, sentinels: findSentinels(ids, folder) };
}

function findSentinels(ids: ReadonlyMap<string, number>, folder: TokenizerFolder): number[] {
  const found: number[] = [];
  for (const [token, id] of ids) {
    const [, space, number] = SENTINEL.exec(token) ?? [];
    if (number !== undefined && (space === "" || found[Number(number)] === undefined))
      found[Number(number)] = id;
  }
  for (const number of found.keys()) {
    if (found[number] !== undefined) continue;
    throw new GlmEvalError(
      "tokenizer-damaged",
      `${folder.path}: the vocabulary has sentinels up to <extra_id_${found.length - 1}>, but no <extra_id_${number}>`,
      { hint: "Use the tokenizer files from the model's own repository." },
    );
  }
  return found;
}
