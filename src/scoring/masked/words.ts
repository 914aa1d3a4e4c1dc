import type { JsonTokenizer } from "../../models/tokenizers/index.js";

/** WordPiece's mark for a token that continues a word. */
const CONTINUES = /^##./;
/** The mark of byte-level BPE and SentencePiece for a token that starts a word: the space before it. */
const BEGINS = /^[Ġ▁]/;

/**
 * Returns a function that tells whether a token starts a word, based on the vocabulary's spelling: on the more frequent
 * of the two marks, because "##" is also a token in vocabularies that mark the start.
 */
export function findWordStarts(tokenizer: Pick<JsonTokenizer, "size" | "token">): (id: number) => boolean {
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
