export type { InfillQuestion } from "./layout.js";
export { infillScorer } from "./scorer.js";
