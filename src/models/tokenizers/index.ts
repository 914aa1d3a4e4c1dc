export { type JsonTokenizer, loadJsonTokenizer } from "./json.js";
export { loadTokenizer } from "./load.js";
export type * from "./types.js";
