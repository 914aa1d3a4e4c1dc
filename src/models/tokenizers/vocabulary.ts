/** What a family's own files give: ids of ordinary text. The special tokens are worked out for all families alike. */
export interface Vocabulary {
  readonly family: "wordpiece" | "bpe" | "sentencepiece";
  readonly ids: ReadonlyMap<string, number>;
  /** @param text well-formed (no lone surrogates) and not only white space */
  encode(text: string): number[];
  /** what determines the ids besides the bytes of the files */
  readonly settings: unknown;
}
