export { bestBatchTokens, type Tried, tryBatchTokens } from "./batch-tokens.js";
export { compareEvaluations, type Judged } from "./compare.js";
export { type Conventions, PROTOCOLS, type Protocol } from "./conventions.js";
export {
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  notScored,
  type RunEvent,
} from "./evaluate.js";
export type { FewshotOptions } from "./fewshot.js";
export { someQuestions } from "./jobs.js";
export type { JournalEntry, ScoredQuestions } from "./journal.js";
export { type PlanOptions, plan, type RowFacts } from "./plan.js";
export {
  choosePatterns,
  type DataRecord,
  dataRecords,
  type PreparedTask,
  type PrepareOptions,
  prepareTasks,
} from "./prepare.js";
export { PrepareAhead } from "./prepare-ahead.js";
export { makeFolder, RunFolder } from "./run-folder.js";
export type { Sample } from "./samples.js";
export { type ScoreProgress, scoreAll } from "./score-all.js";
export {
  type CacheFile,
  cacheFiles,
  clearFiles,
  type ModelScoreCache,
  openScoreCache,
  type ScoreCache,
  type Snapshot,
  type Surveyed,
  survey,
} from "./score-cache/index.js";
export {
  type ClozeText,
  clozeQuestion,
  type ScoredText,
  type ScoredTextAnswer,
  scoreTexts,
} from "./score-texts.js";
