/**
 * glm-eval as a library: run, judge, compare, report. The command is built on these functions; nothing here prints.
 *
 * @example
 * import { writeFile } from "node:fs/promises";
 *
 * // Evaluate a model on some tasks. Everything is kept in the run's folder.
 * const { folder, results } = await run({ tasks: ["copa", "rte"], model: "./glm-large", data: "./superglue" });
 *
 * // Judge its answers again with another convention: no model is needed.
 * const { results: perToken } = await judgeRun(await readRun(folder), { normalization: "mean" });
 *
 * // Compare two finished runs, example by example.
 * const runs = [await finishedRun(await readRun("runs/large")), await finishedRun(await readRun("runs/base"))];
 * const compared = combineRuns(runs);
 *
 * // Report: as text, Markdown, LaTeX, CSV, JSON, HTML …
 * console.log(renderTable(results, { published: ["glm-large"] }));
 * console.log(formatComparison(compared.results, "markdown"));
 * await writeFile("table.tex", await format(perToken, "latex", { published: [] }));
 * @module
 */

// Run: from tasks and a model to a run's folder.
export {
  run,
  evaluate,
  scoreTexts,
  type RunOptions,
  type RunHooks,
  type RunOutcome,
  type ModelOutcome,
  type NamedModel,
  type OpenRunFolder,
  type RunEvent,
  type OnRunEvent,
  type EvaluateOptions,
  type EvaluateEvent,
  type Evaluation,
  type PrepareOptions,
  type PreparedTask,
  type DataRecord,
  type FewshotOptions,
  type PlanOptions,
  type Tried as TriedBatch,
  type ScoreProgress,
  type ScoreCache,
  type CachedScores,
  type ClozeText,
  type ScoredText,
  type ScoredTextAnswer,
} from "./runner/index.js";
export { PROTOCOLS, resolveConventions, type Conventions } from "./options/index.js";

// A run's folder: the questions, the model's scores, the results.
export {
  readRun,
  readResults,
  readSamples,
  finishedRun,
  type RecordedRun,
  type FinishedRun,
  type FinishedModel,
  type RunRecord,
  type ModelRecord,
  type TaskRecord,
  type QuestionRecord,
  type JournalEntry,
  type JournalAnswer,
  type ScoredQuestions,
} from "./runner/index.js";
export {
  toJson,
  fromJson,
  type RunResults,
  type TaskResult,
  type SuiteResult,
  type BaselineResults,
  type TaskComparison,
  type Judged,
  type Sample,
  type SampleAnswer,
  type Limited,
  type Normalization,
  type Calibration,
} from "./results/index.js";

// Judge: recompute results from a run's journal, without its model.
export {
  judgeRun,
  judgeInto,
  type JudgeChanges,
  type JudgeRunOptions,
  type RunJudgement,
} from "./runner/index.js";

// Compare: models on the same examples, patterns of the same task.
export { combineRuns, type CombineOptions, type CombinedRuns } from "./runner/index.js";
export {
  compareEvaluations,
  spreads,
  type Evaluated,
  type Spread,
  type PatternValue,
} from "./results/index.js";

// Report: results in any form, and the table that the forms are made from.
export {
  format,
  formatComparison,
  FORMS,
  type Form as ReportForm,
  type FormOptions,
  renderTable,
  toCsv,
  type TableOptions,
  type TextOptions,
  resultsTable,
  comparisonTable,
  type ResultsTableOptions,
  type Table as ReportTable,
  type Caption as ReportCaption,
  type Column as ReportColumn,
  type Row as ReportRow,
  type Cell as ReportCell,
  type ComparisonCell as ReportComparisonCell,
  type DifferenceCell as ReportDifferenceCell,
  type PCell as ReportPCell,
  type Mark as ReportMark,
  type Note as ReportNote,
  toText,
  toMarkdown,
  toLatex,
  examplesText,
  examplesMarkdown,
  type ExamplesOptions,
  type SamplesByTask,
  checkFloors,
  type Floor,
  type Shortfall,
  superglueSubmission,
  type SubmissionInput,
  listPublished,
  type PublishedRow,
  type PublishedValue,
  type PublishedSource,
  type Setting as PublishedSetting,
} from "./report/index.js";

// Tasks: task files, and the questions made from them.
export {
  loadTask,
  findTask,
  findTasks,
  builtinTasks,
  builtinSuites,
  type Task,
  type TaskPattern,
  type Suite,
  type Found as FoundTasks,
  type MetricModule,
  type Decision,
  type Aggregate,
  type CalibrationKind,
  type Shot,
  type Example,
  type Dataset,
  type SplitOptions,
  type LimitBy,
  type LimitOptions,
  type LoadOptions,
  type DataDownloads,
  type DataLayout,
  type HubData,
  type DataRow,
  type RowNumber,
  type ReadExample,
} from "./tasks/index.js";
export type { ClozeQuestion, Cloze, Answer, RenderedPattern, Part } from "./patterns/index.js";
export type { FilePosition } from "./findings.js";

// Models: a reader, which tokenizes questions, and an engine, which scores them.
export {
  loadModel,
  loadReader,
  type Model,
  type ModelOptions,
  type ModelFacts,
  type LoadEvent,
  type Reader,
  type ReaderOptions,
  type ReaderFacts,
  type PreparedQuestion,
  type Engine,
  type EngineFacts,
  type ScoreOptions,
  type AnswerScore,
  type Closing,
  type TokenCounts,
  type LoadedReader,
  type Preview,
  type PreviewPart,
  type Sequence,
  type Family,
  type Protocol,
  type Truncation,
  type Decoding,
  type Dtype,
  type Gelu,
  type Mmap,
  type Device,
  type DeviceFacts,
  type Attention,
} from "./scoring/index.js";

// Metrics: over predictions, with intervals and paired tests.
export {
  computeMetric,
  comparePaired,
  suiteScore,
  computeConfusion,
  computeReliability,
  tally,
  tallyExamples,
  type Metric,
  type MetricOptions,
  type MetricResult,
  type Prediction,
  type Units,
  type DrawnBy,
  type PairedComparison,
  type SuiteRule,
  type SuiteTask,
  type Confusion,
  type Reliability,
} from "./metrics/index.js";

// Errors.
export { ERROR_CODES, type ErrorCode, type ErrorKind, type ErrorMeaning, GlmEvalError } from "./errors.js";

// Helper types.
export type { DeepReadonly } from "./json.js";
