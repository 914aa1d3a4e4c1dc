import type { JsonTokenizer } from "../../models/tokenizers/index.js";

/** WordPiece's mark of a token that continues a word. */
const CONTINUES = /^##./;
/** Byte-level BPE's and SentencePiece's mark of a token that begins one: the space before it. */
const BEGINS = /^[Ġ▁]/;

/**
 * Whether a token begins a word, told from how the vocabulary spells its tokens: by the one of the two marks that more of
 * them have, since "##" is also a token of vocabularies that mark the beginning.
 */
export function wordBeginnings(tokenizer: Pick<JsonTokenizer, "size" | "token">): (id: number) => boolean {
  let continuations: boolean | undefined;
  return (id) => {
    continuations ??= marksContinuations(tokenizer);
    const spelling = tokenizer.token(id);
    return continuations ? !CONTINUES.test(spelling) : BEGINS.test(spelling);
  };
}

function marksContinuations({ size, token }: Pick<JsonTokenizer, "size" | "token">): boolean {
  let continuing = 0;
  let beginning = 0;
  for (let id = 0; id < size; id++) {
    const spelling = token(id);
    if (CONTINUES.test(spelling)) continuing++;
    else if (BEGINS.test(spelling)) beginning++;
  }
  return continuing > beginning;
}
