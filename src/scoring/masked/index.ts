export type { Decoding } from "./decoding.js";
export type { MaskedQuestion } from "./prepare.js";
export { type MaskedOptions, maskedScorer } from "./scorer.js";
