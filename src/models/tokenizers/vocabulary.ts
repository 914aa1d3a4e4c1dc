/**
 * What a family's own files define: the ids of ordinary text. Special tokens are determined in the same way for all
 * families.
 */
export interface Vocabulary {
  readonly family: "wordpiece" | "bpe" | "sentencepiece";
  readonly ids: ReadonlyMap<string, number>;
  /** @param text well-formed (no lone surrogates) and not just white space */
  encode(text: string): number[];
  /** everything besides the files' bytes that determines the ids */
  readonly settings: unknown;
}
