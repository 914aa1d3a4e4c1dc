export { loadTokenizer } from "./load.js";
export type * from "./types.js";
