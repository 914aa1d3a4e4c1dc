/**
 * glm-eval as a library: load a model, load a task, score, evaluate, report.
 *
 * @example
 * const model = await loadModel("THUDM/glm-roberta-large");
 * const [scored] = await scoreTexts(model, [{ id: "1", text: "Paris is the capital of [MASK].", answers: ["France", "Italy"] }], {
 *   conventions: PROTOCOLS.glm, maxBatchTokens: 512,
 * });
 * @module
 */
export { GlmEvalError } from "./errors.js";
export {
  type Confusion,
  comparePaired,
  computeMetric,
  confusionOf,
  type DrawnBy,
  type Metric,
  type MetricOptions,
  type MetricResult,
  type PairedComparison,
  type Prediction,
  type Reliability,
  reliabilityOf,
  suiteScore,
  tally,
  tallyExamples,
  type Units,
} from "./metrics/index.js";
export type { Answer, Cloze, ClozeQuestion, Part, RenderedPattern } from "./patterns/index.js";
export { renderTable, toCsv } from "./report/index.js";
export {
  type BaselineResults,
  compareEvaluations,
  type Judged,
  type RunResults,
  type Spread,
  spreads,
  type TaskComparison,
  type TaskResult,
  toJson,
} from "./results/index.js";
export {
  type ClozeText,
  type Conventions,
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  type FewshotOptions,
  PROTOCOLS,
  type RunEvent,
  type Sample,
  type ScoreCache,
  type ScoredText,
  type ScoredTextAnswer,
  scoreTexts,
} from "./runner/index.js";
export {
  type AnswerScore,
  type CausalQuestion,
  type Closing,
  type Decoding,
  type DeviceFacts,
  type Dtype,
  type Engine,
  type EngineFacts,
  type Family,
  type InfillQuestion,
  type LoadEvent,
  type LoadedReader,
  loadModel,
  loadReader,
  type MaskedQuestion,
  type Model,
  type ModelFacts,
  type ModelOptions,
  type PreparedQuestion,
  type Preview,
  type PreviewPart,
  type Protocol,
  type Reader,
  type ReaderFacts,
  type ReaderOptions,
  type ScoreOptions,
  type Seq2SeqQuestion,
  type Sequence,
  type TokenCounts,
  type Truncation,
} from "./scoring/index.js";
export {
  builtinSuites,
  builtinTasks,
  type CalibrationKind,
  type DataRow,
  type Example,
  findTask,
  findTasks,
  loadTask,
  type MetricModule,
  type ReadExample,
  type RowNumber,
  type Suite,
  type Task,
  type TaskPattern,
} from "./tasks/index.js";
