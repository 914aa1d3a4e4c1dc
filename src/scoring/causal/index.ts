export type { CausalQuestion } from "./prepare.js";
export { type CausalOptions, causalScorer } from "./scorer.js";
