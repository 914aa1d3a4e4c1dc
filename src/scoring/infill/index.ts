export type { InfillQuestion } from "./layout.js";
export type { PrepareOptions } from "./prepare.js";
export { infillScorer } from "./scorer.js";
