export type { Dtype } from "../models/config/index.js";
export type { Attention, Gelu } from "../models/glm/index.js";
export type { Device, Mmap } from "../models/onnx/index.js";
export {
  type CausalQuestion,
  type CausalReaderOptions,
  causalEngine,
  causalReader,
} from "./causal/index.js";
export type { AnswerScore, Closing, Engine, ScoreOptions, TokenCounts } from "./engine.js";
export type { ExportReaderOptions, ExportText } from "./export-text.js";
export { type InfillQuestion, infillEngine, infillReader } from "./infill/index.js";
export { checkDevices, loadModel } from "./load-model.js";
export { loadReader } from "./load-reader.js";
export { type Decoding, type MaskedQuestion, maskedEngine, maskedReader } from "./masked/index.js";
export type { DeviceFacts, EngineFacts, LoadEvent, Model, ModelFacts } from "./model.js";
export type { ModelOptions, ReaderOptions } from "./model-options.js";
export type { Truncation } from "./parts.js";
export { PASS_COST } from "./passes.js";
export type { LoadedReader, Preview, PreviewPart, Sequence } from "./preview.js";
export type { Protocol } from "./protocol.js";
export type { Family, PreparedQuestion, Reader, ReaderFacts } from "./reader.js";
export { type AnswerTokens, findSameTokens } from "./same-tokens.js";
export {
  type Seq2SeqQuestion,
  type Seq2SeqReaderOptions,
  seq2seqEngine,
  seq2seqReader,
} from "./seq2seq/index.js";
