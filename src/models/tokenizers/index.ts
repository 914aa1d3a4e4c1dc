export { type JsonTokenizer, loadJsonTokenizer } from "./json-tokenizer.js";
export { loadTokenizer } from "./load-tokenizer.js";
export type * from "./tokenizer.js";
