/**
 * glm-eval as a library: load a model, load a task, score, evaluate, report.
 *
 * @example
 * const model = await loadModel("THUDM/glm-roberta-large");
 * const [scored] = await scoreTexts(model.scorer, [{ id: "1", text: "Paris is the capital of [MASK].", answers: ["France", "Italy"] }], {
 *   conventions: PROTOCOLS.glm, maxBatchTokens: 512,
 * });
 * @module
 */
export { GlmEvalError } from "./errors.js";
export {
  comparePaired,
  computeMetric,
  type MetricResult,
  type PairedComparison,
  type Prediction,
  suiteScore,
} from "./metrics/index.js";
export {
  type Caption as ReportCaption,
  type Cell as ReportCell,
  type Column as ReportColumn,
  checkFloors,
  comparisonTable,
  type ExamplesOptions,
  examplesMarkdown,
  examplesText,
  type Floor,
  FORMS,
  type Form as ReportForm,
  type FormOptions,
  format,
  formatComparison,
  latexOf,
  type Mark as ReportMark,
  markdownOf,
  type Note as ReportNote,
  type ResultsTableOptions,
  type Row as ReportRow,
  renderTable,
  resultsTable,
  type SamplesByTask,
  type Shortfall,
  type SubmissionInput,
  superglueSubmission,
  type Table as ReportTable,
  type TableOptions,
  type TextOptions,
  textOf,
  toCsv,
} from "./report/index.js";
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
  type Protocol,
  type RunEvent,
  type Sample,
  type ScoreCache,
  type ScoredText,
  type ScoredTextAnswer,
  scoreTexts,
} from "./runner/index.js";
export {
  type AnswerScore,
  type DeviceFacts,
  type LoadModelOptions,
  loadModel,
  type Model,
  type ModelFacts,
  type Scorer,
} from "./scoring/index.js";
export {
  builtinSuites,
  builtinTasks,
  type Example,
  findTask,
  findTasks,
  loadTask,
  type ReadExample,
  type Row,
  type Suite,
  type Task,
  type TaskPattern,
} from "./tasks/index.js";
