import type { JsonTokenizer } from "../../models/tokenizers/index.js";

/** WordPiece's prefix of a token that continues a word. */
const CONTINUES = /^##./;
/** Byte-level BPE's and SentencePiece's prefix of a token that starts one: the space before it. */
const STARTS = /^[Ġ▁]/;

/**
 * Returns a function that tests whether a token starts a word, based on the vocabulary's spelling: by whichever of the two
 * prefixes more tokens have, because "##" is also a token in vocabularies that mark the start.
 */
export function makeWordStartTest(tokenizer: Pick<JsonTokenizer, "size" | "token">): (id: number) => boolean {
  let continuations: boolean | undefined;
  return (id) => {
    continuations ??= marksContinuations(tokenizer);
    const spelling = tokenizer.token(id);
    return continuations ? !CONTINUES.test(spelling) : STARTS.test(spelling);
  };
}

function marksContinuations({ size, token }: Pick<JsonTokenizer, "size" | "token">): boolean {
  let continuing = 0;
  let starting = 0;
  for (let id = 0; id < size; id++) {
    const spelling = token(id);
    if (CONTINUES.test(spelling)) continuing++;
    else if (STARTS.test(spelling)) starting++;
  }
  return continuing > starting;
}
