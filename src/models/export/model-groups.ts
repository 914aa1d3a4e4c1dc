/** How an exported model fills a blank (original GLMs have a fourth way and no exports). */
export type ExportFamily = "masked" | "seq2seq" | "causal";

/** Properties shared by several model types. */
export interface ModelGroup {
  readonly family: ExportFamily;
  /** how it fills a blank */
  readonly reads: string;
  /** its values of model_type in config.json */
  readonly types: readonly string[];
  /**
   * "absolute": a table or rotations with the number of positions in config.json; "after-padding": such a table whose
   * first rows belong to padding (pad_token_id + 1 of them); "relative": any number of positions.
   */
  readonly positions: "absolute" | "after-padding" | "relative";
  /** suffixes of architecture names whose heads score tokens; other heads have other outputs */
  readonly heads: readonly string[];
}

const MASKED_HEADS = ["ForMaskedLM", "ForPreTraining"];
const SEQ2SEQ_HEADS = ["ForConditionalGeneration"];
const CAUSAL_HEADS = ["ForCausalLM"];

const names = (list: string): readonly string[] => list.split(" ");

export const MODEL_GROUPS: readonly ModelGroup[] = [
  {
    family: "masked",
    reads: "one mask per answer token; the model sees the text on both sides",
    types: names(
      "bert distilbert albert deberta deberta-v2 modernbert convbert mobilebert ernie " +
        "squeezebert neobert nystromformer",
    ),
    positions: "absolute",
    heads: MASKED_HEADS,
  },
  {
    family: "masked",
    reads: "like BERT; positions start after the padding token's id",
    types: ["roberta", "xlm-roberta", "xlm-roberta-xl", "camembert", "mpnet", "data2vec-text", "esm"],
    positions: "after-padding",
    heads: MASKED_HEADS,
  },
  {
    family: "masked",
    reads:
      "like BERT, with the generator; ELECTRA's discriminators (ForPreTraining) only distinguish real from replaced tokens",
    types: ["electra"],
    positions: "absolute",
    heads: ["ForMaskedLM"],
  },
  {
    family: "masked",
    reads: "like BERT, with rotary or relative positions",
    types: ["roformer", "eurobert"],
    positions: "absolute",
    heads: MASKED_HEADS,
  },
  {
    family: "seq2seq",
    reads:
      "the encoder reads the text with <extra_id_0> for the blank; the decoder writes <extra_id_0>, the answer, <extra_id_1>",
    types: ["t5", "mt5", "umt5", "longt5"],
    positions: "relative",
    heads: SEQ2SEQ_HEADS,
  },
  {
    family: "seq2seq",
    reads: "the encoder reads the text with <mask> for the blank; the decoder writes the complete text",
    types: ["bart", "mbart"],
    positions: "absolute",
    heads: SEQ2SEQ_HEADS,
  },
  {
    family: "causal",
    reads: "left to right: the text before the blank, the answer, the text after it",
    types: names(
      "gpt2 gpt_neo gpt_neox gpt_neox_japanese gptj gpt_bigcode codegen opt llama mistral " +
        "ministral qwen2 qwen3 phi phi3 stablelm starcoder2 falcon gemma gemma2 gemma3_text olmo " +
        "olmo2 granite cohere smollm3 helium ernie4_5 exaone glm glm4 biogpt xglm",
    ),
    positions: "absolute",
    heads: CAUSAL_HEADS,
  },
  {
    family: "causal",
    reads: "like GPT; attention decreases with distance (ALiBi)",
    types: ["bloom", "mpt"],
    positions: "relative",
    heads: CAUSAL_HEADS,
  },
];
