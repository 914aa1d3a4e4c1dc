export { causalEngine } from "./causal-engine.js";
export { type CausalQuestion, type CausalReaderOptions, causalReader } from "./causal-reader.js";
