export { type InfillQuestion, infillScorer } from "./infill/index.js";
export {
  type LoadEvent,
  type LoadModelOptions,
  loadModel,
  type Model,
  type ModelFacts,
} from "./load-model.js";
export type { AnswerScore, Closing, Family, PreparedQuestion, ReadOptions, Scorer } from "./scorer.js";
