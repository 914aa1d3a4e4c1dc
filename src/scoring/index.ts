export { type InfillQuestion, infillScorer, type PrepareOptions } from "./infill/index.js";
export {
  type LoadEvent,
  type LoadModelOptions,
  loadModel,
  type Model,
  type ModelFacts,
} from "./load-model.js";
export type { AnswerScore, Closing, Family, PreparedQuestion, Scorer } from "./scorer.js";
