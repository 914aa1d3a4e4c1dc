import { GlmEvalError } from "../../errors.js";
import type { TokenizerConfig } from "./config.js";
import type { MaskToken, SpecialTokens, TokenizerOptions } from "./types.js";

const SOP = "<|startofpiece|>";
const EOP = "<|endofpiece|>";

/** Names that special tokens have in the vocabularies of GLM; for messages only. */
const KNOWN = [
  ..."[PAD] [CLS] [SEP] [UNK] [MASK] [gMASK] [sMASK] <s> </s> <pad> <unk> <mask> <|endoftext|>".split(" "),
  SOP,
  EOP,
];

interface Defaults {
  readonly cls: string;
  readonly eos: string;
  readonly pad: string;
  readonly mask: string;
}

/** What each vocabulary calls its special tokens where neither the caller nor tokenizer_config.json says. */
function defaults(ids: ReadonlyMap<string, number>, wordPiece: boolean, original: boolean): Defaults {
  if (wordPiece) {
    // The original code ends the context of a BERT-vocabulary GLM by [PAD]; the Hugging Face port by BERT's own [SEP].
    return { cls: "[CLS]", eos: original ? "[PAD]" : "[SEP]", pad: "[PAD]", mask: "[MASK]" };
  }
  if (isRoberta(ids)) return { cls: "<s>", eos: "</s>", pad: "</s>", mask: "<mask>" };
  return { cls: "[CLS]", eos: "<|endoftext|>", pad: "<|endoftext|>", mask: "[MASK]" };
}

/** SentencePiece models have <s> and </s> too, but <mask> only RoBERTa's vocabulary. */
function isRoberta(ids: ReadonlyMap<string, number>): boolean {
  return ids.has("<s>") && ids.has("</s>") && ids.has("<mask>");
}

/**
 * The ids that frame a question.
 *
 * @param ids the whole vocabulary, added tokens included
 * @throws GlmEvalError where a token is missing
 */
export function specialTokens(
  folder: string,
  ids: ReadonlyMap<string, number>,
  wordPiece: boolean,
  config: TokenizerConfig,
  options: TokenizerOptions,
): { special: SpecialTokens; masks: MaskToken[] } {
  const original = options.convention === "glm";
  const usual = defaults(ids, wordPiece, original);
  // The original RoBERTa GLM was trained with <mask> and padded with </s>, whatever the port's files say.
  const trained = original && isRoberta(ids);
  const known = () =>
    `Special tokens found: ${[...new Set([...KNOWN, ...config.added.keys()])]
      .filter((token) => ids.has(token))
      .map((token) => `${token} ${ids.get(token)}`)
      .join(", ")}.`;

  const missing = [SOP, EOP].filter((token) => !ids.has(token));
  if (missing.length > 0) {
    throw new GlmEvalError(
      "data",
      `${folder} is not a GLM tokenizer: ${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} neither in added_tokens.json nor in the vocabulary`,
      { hint: `GLM checkpoints ship added_tokens.json beside the vocabulary. ${known()}` },
    );
  }
  const find = (role: string, token: string, chosen: boolean): number => {
    const id = ids.get(token);
    if (id !== undefined) return id;
    throw new GlmEvalError(
      chosen ? "usage" : "data",
      `${folder}: the ${role} token ${JSON.stringify(token)} is neither in the vocabulary nor in added_tokens.json`,
      { hint: known() },
    );
  };
  const configured = (key: string) =>
    trained && key !== "cls_token" && key !== "eos_token" ? undefined : config.token(key);

  const { maskToken, eosToken } = options;
  let mask: number;
  if (typeof maskToken === "number") {
    if (![...ids.values()].includes(maskToken)) {
      throw new GlmEvalError("usage", `${folder}: the mask token ${maskToken} is no id of this vocabulary`, {
        hint: known(),
      });
    }
    mask = maskToken;
  } else {
    mask = find("mask", maskToken ?? configured("mask_token") ?? usual.mask, maskToken !== undefined);
  }
  const special: SpecialTokens = {
    cls: find("cls", configured("cls_token") ?? usual.cls, false),
    eos: find("eos", eosToken ?? configured("eos_token") ?? usual.eos, eosToken !== undefined),
    pad: find("pad", configured("pad_token") ?? usual.pad, false),
    mask,
    sop: ids.get(SOP)!,
    eop: ids.get(EOP)!,
  };
  const masks = new Map<number, MaskToken>();
  for (const token of ["[MASK]", "<mask>", config.token("mask_token")]) {
    const id = token === undefined ? undefined : ids.get(token);
    if (token !== undefined && id !== undefined) masks.set(id, { token, id });
  }
  const chosen = masks.get(mask) ?? { token: [...ids].find(([, id]) => id === mask)![0], id: mask };
  return { special, masks: [chosen, ...[...masks.values()].filter(({ id }) => id !== mask)] };
}
