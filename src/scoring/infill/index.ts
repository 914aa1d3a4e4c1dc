export type { InfillQuestion } from "./layout.js";
export { prepare as prepareInfill } from "./prepare.js";
export { infillScorer } from "./scorer.js";
