export type { Dtype } from "../models/config/index.js";
export { type CausalOptions, type CausalQuestion, causalScorer } from "./causal/index.js";
export { exportReader } from "./export-reading.js";
export { type InfillQuestion, infillScorer, prepareInfill } from "./infill/index.js";
export { type LoadModelOptions, loadModel } from "./load-model.js";
export { type Decoding, type MaskedOptions, type MaskedQuestion, maskedScorer } from "./masked/index.js";
export type { DeviceFacts, LoadEvent, Model, ModelFacts } from "./model.js";
export type { AnswerScore, Closing, Family, PreparedQuestion, ReadOptions, Scorer } from "./scorer.js";
export { type Seq2SeqOptions, type Seq2SeqQuestion, seq2seqScorer } from "./seq2seq/index.js";
