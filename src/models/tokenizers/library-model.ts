import { Tokenizer } from "@huggingface/tokenizers";

/** What is used of the library's Tokenizer: its declarations leave it untyped under Node's resolution of modules. */
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

/** A model alone, by the `model` of a tokenizer.json: one piece into tokens. */
export function libraryModel(model: object): (piece: string) => string[] {
  const tokenizer: LibraryTokenizer = new Tokenizer({ ...NOTHING, model }, {});
  return (piece) => tokenizer.tokenize(piece);
}

/** A `pattern` of tokenizer.json, which for a Regex is Oniguruma's. @throws SyntaxError where it cannot be translated */
export function libraryPattern(pattern: { readonly String: string } | { readonly Regex: string }): RegExp {
  const model = { type: "BPE", vocab: {}, merges: [] };
  const normalizer = { type: "Replace", pattern, content: "" };
  const tokenizer: LibraryTokenizer = new Tokenizer({ ...NOTHING, model, normalizer }, {});
  const found = tokenizer.normalizer?.pattern;
  if (found === undefined || found === null) throw new SyntaxError("no pattern");
  return found;
}
