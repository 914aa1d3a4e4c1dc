/** Ids of the special tokens that frame a question; see docs and `reference` tables of each vocabulary family. */
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
  /** number of ids that can come out, special tokens included (at most the model's padded vocabulary) */
  readonly size: number;
  /**
   * Ids of a piece of text, no special tokens added and none recognised inside it: a literal "[MASK]" or "</s>" in
   * the data is ordinary text. Empty or whitespace-only text gives [] (as in GLM's own tokenizer).
   */
  encode(text: string): number[];
  /** The vocabulary's own spelling of an id ("##ing", "Ġthe", "▁的"); ids outside it give "<id>". */
  token(id: number): string;
  /** Content hash (sha256, hex) of the files and settings that determine the ids. */
  readonly hash: string;
}

/** A token that may stand for the blank, for a caller that compares the model's embedding rows before choosing. */
export interface MaskToken {
  readonly token: string;
  readonly id: number;
}

/** A tokenizer read from a checkpoint's folder. */
export interface LoadedTokenizer extends Tokenizer {
  /** every mask token that the folder knows, the chosen one first: RoBERTa's has [MASK] 50267 and <mask> 50264 */
  readonly masks: readonly MaskToken[];
}

export interface TokenizerOptions {
  /** whose special tokens: the original GLM code's (default), or those of the Hugging Face port; they differ for BERT and RoBERTa */
  readonly protocol?: "glm" | "glm-hf" | undefined;
  /** rows of the model's embedding matrix; every id must be below it */
  readonly vocabSize: number;
  /** the token that ends the context, instead of tokenizer_config.json's */
  readonly eosToken?: string | undefined;
  /** the token (or its id) that stands for the blank, instead of the protocol's */
  readonly maskToken?: string | number | undefined;
}
