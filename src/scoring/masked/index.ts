export type { Decoding } from "./decoding.js";
export { maskedEngine } from "./masked-engine.js";
export { type MaskedQuestion, maskedReader } from "./masked-reader.js";
