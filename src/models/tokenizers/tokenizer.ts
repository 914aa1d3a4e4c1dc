/** Ids of the special tokens that frame a question; see the docs and `reference` tables for each vocabulary family. */
export interface SpecialTokens {
  readonly cls: number;
  /** the token that ends the context */
  readonly eos: number;
  readonly pad: number;
  readonly mask: number;
  /** <|startofpiece|> */
  readonly sop: number;
  /** <|endofpiece|> */
  readonly eop: number;
}

export interface Tokenizer {
  readonly family: "wordpiece" | "bpe" | "sentencepiece";
  readonly special: SpecialTokens;
  /** number of ids that can be produced, including special tokens (at most the model's padded vocabulary) */
  readonly size: number;
  /**
   * Encodes a piece of text, without adding or recognizing special tokens: a literal "[MASK]" or "</s>" in the data is
   * ordinary text. Empty or whitespace-only text gives [] (as in GLM's own tokenizer).
   */
  encode(text: string): number[];
  /** Returns the vocabulary's own spelling of an id ("##ing", "Ġthe", "▁的"); "<id>" for ids outside it. */
  token(id: number): string;
  /** Content hash (sha256, hex) of the files and settings that determine the ids. */
  readonly hash: string;
}

/** A token that may represent the blank, for callers that compare the model's embedding rows before choosing. */
export interface MaskToken {
  readonly token: string;
  readonly id: number;
}

/** A tokenizer read from a checkpoint's folder. */
export interface LoadedTokenizer extends Tokenizer {
  /** every mask token in the folder, the chosen one first: RoBERTa's has [MASK] 50267 and <mask> 50264 */
  readonly masks: readonly MaskToken[];
}

export interface TokenizerOptions {
  /**
   * whose special tokens to use: the original GLM code's (default) or the Hugging Face port's; they differ for BERT
   * and RoBERTa
   */
  readonly protocol?: "glm" | "glm-hf" | undefined;
  /** rows of the model's embedding matrix; every id must be below it */
  readonly vocabSize: number;
  /** the token that ends the context, overriding tokenizer_config.json */
  readonly eosToken?: string | undefined;
  /** the token (or its id) that represents the blank, overriding the protocol's */
  readonly maskToken?: string | number | undefined;
}
