import { GlmEvalError } from "../../errors.js";
import type { MaskToken, SpecialTokens, TokenizerOptions } from "./tokenizer.js";
import type { TokenizerConfig } from "./tokenizer-config.js";
import type { Vocabulary } from "./vocabulary.js";

const SOP = "<|startofpiece|>";
const EOP = "<|endofpiece|>";

/** Names of special tokens in GLM vocabularies; used only for messages. */
const KNOWN = [
  ..."[PAD] [CLS] [SEP] [UNK] [MASK] [gMASK] [sMASK] <s> </s> <pad> <unk> <mask> <|endoftext|>".split(" "),
  SOP,
  EOP,
];

interface Names {
  readonly cls: string;
  readonly eos: string;
  readonly pad: string;
  readonly mask: string;
}

/** Determines the names of a vocabulary's special tokens: from tokenizer_config.json, or the family's defaults. */
function chooseNames(
  ids: ReadonlyMap<string, number>,
  family: Vocabulary["family"],
  config: TokenizerConfig,
  original: boolean,
): Names {
  const token = (key: string, usual: string) => config.token(key) ?? usual;
  if (family === "wordpiece") {
    return {
      cls: token("cls_token", "[CLS]"),
      // The original code ends the context of a GLM with a BERT vocabulary with [PAD]; the Hugging Face port with
      // BERT's [SEP].
      eos: token("eos_token", original ? "[PAD]" : "[SEP]"),
      pad: token("pad_token", "[PAD]"),
      mask: token("mask_token", "[MASK]"),
    };
  }
  // SentencePiece models have <s> and </s> too, but only as pieces that are never used.
  if (family === "bpe" && ids.has("<s>") && ids.has("</s>")) {
    const mask = ids.has("<mask>") ? "<mask>" : undefined;
    return {
      cls: token("cls_token", "<s>"),
      eos: token("eos_token", "</s>"),
      // GLM-RoBERTa was trained with <mask> and padded with </s>, regardless of the port's files.
      pad: original ? "</s>" : token("pad_token", "</s>"),
      mask: original && mask ? mask : token("mask_token", mask ?? "[MASK]"),
    };
  }
  return {
    cls: token("cls_token", "[CLS]"),
    eos: token("eos_token", "<|endoftext|>"),
    pad: token("pad_token", "<|endoftext|>"),
    mask: token("mask_token", "[MASK]"),
  };
}

/**
 * Finds the ids that frame a question.
 *
 * @param ids the entire vocabulary, including added tokens
 * @throws GlmEvalError if a token is missing
 */
export function findSpecialTokens(
  folder: string,
  ids: ReadonlyMap<string, number>,
  family: Vocabulary["family"],
  config: TokenizerConfig,
  options: TokenizerOptions,
): { special: SpecialTokens; masks: MaskToken[] } {
  const missing = [SOP, EOP].filter((token) => !ids.has(token));
  const listKnown = () =>
    `Special tokens found: ${[...new Set([...KNOWN, ...config.added.keys()])]
      .filter((token) => ids.has(token))
      .map((token) => `${token} ${ids.get(token)}`)
      .join(", ")}.`;
  if (missing.length > 0) {
    throw new GlmEvalError(
      "special-token-missing",
      `${folder} is not a GLM tokenizer: it lacks ${missing.join(" and ")} (looked in added_tokens.json and the vocabulary)`,
      { hint: `GLM checkpoints ship added_tokens.json next to the vocabulary. ${listKnown()}` },
    );
  }
  const find = (role: string, token: string, chosen = false): number => {
    const id = ids.get(token);
    if (id !== undefined) return id;
    throw new GlmEvalError(
      chosen ? "bad-special-token" : "special-token-missing",
      `${folder}: the ${role} token ${JSON.stringify(token)} is neither in the vocabulary nor in added_tokens.json`,
      { hint: listKnown() },
    );
  };
  const usual = chooseNames(ids, family, config, options.protocol !== "glm-hf");
  const { maskToken, eosToken } = options;
  const mask = typeof maskToken === "number" ? findName(maskToken) : (maskToken ?? usual.mask);
  function findName(id: number): string {
    for (const [token, other] of ids) if (other === id) return token;
    throw new GlmEvalError(
      "bad-special-token",
      `${folder}: the mask token ${id} is not an id of this vocabulary`,
      {
        hint: listKnown(),
      },
    );
  }

  const special: SpecialTokens = {
    cls: find("cls", usual.cls),
    eos: find("eos", eosToken ?? usual.eos, eosToken !== undefined),
    pad: find("pad", usual.pad),
    mask: find("mask", mask, maskToken !== undefined),
    sop: find("start of piece", SOP),
    eop: find("end of piece", EOP),
  };
  const masks = [mask, config.token("mask_token"), "[MASK]", "<mask>"]
    .filter((token) => token !== undefined && ids.has(token))
    .map((token) => ({ token: token!, id: ids.get(token!)! }));
  return { special, masks: masks.filter(({ id }, i) => masks.findIndex((other) => other.id === id) === i) };
}
