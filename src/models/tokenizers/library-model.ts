import { Tokenizer } from "@huggingface/tokenizers";

/** The part of the library's Tokenizer used here: its declarations leave it untyped under Node's module resolution. */
interface LibraryTokenizer {
  tokenize(text: string): string[];
  readonly normalizer: { readonly pattern?: RegExp | null } | null;
}

const NOTHING = {
  normalizer: null,
  pre_tokenizer: null,
  post_processor: null,
  decoder: null,
  added_tokens: [],
};

/** Creates a bare model from the `model` of a tokenizer.json: it splits one piece into tokens. */
export function createLibraryModel(model: object): (piece: string) => string[] {
  const tokenizer: LibraryTokenizer = new Tokenizer({ ...NOTHING, model }, {});
  return (piece) => tokenizer.tokenize(piece);
}

/**
 * Translates a `pattern` of tokenizer.json; a Regex uses Oniguruma syntax. @throws SyntaxError if it cannot be
 * translated
 */
export function createLibraryPattern(
  pattern: { readonly String: string } | { readonly Regex: string },
): RegExp {
  const model = { type: "BPE", vocab: {}, merges: [] };
  const normalizer = { type: "Replace", pattern, content: "" };
  const tokenizer: LibraryTokenizer = new Tokenizer({ ...NOTHING, model, normalizer }, {});
  const found = tokenizer.normalizer?.pattern;
  if (found === undefined || found === null) throw new SyntaxError("no pattern");
  return found;
}
