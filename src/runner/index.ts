export {
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  notScored,
  type RunEvent,
} from "./evaluate.js";
export { type Conventions, PROTOCOLS } from "./judge/conventions.js";
export type { Sample } from "./judge/samples.js";
export type { JournalEntry, ScoredQuestions } from "./record/journal.js";
export { makeFolder, RunFolder } from "./record/run-folder.js";
export { bestBatchTokens, type Tried, tryBatchTokens } from "./schedule/batch-tokens.js";
export { type PlanOptions, plan, type RowFacts } from "./schedule/plan.js";
export { PrepareAhead } from "./schedule/prepare-ahead.js";
export { type ScoreProgress, scoreAll } from "./schedule/score-all.js";
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
} from "./schedule/score-cache/index.js";
export { type FewshotOptions, loadPool } from "./score/fewshot.js";
export { questionsOf, someQuestions } from "./score/jobs.js";
export {
  choosePatterns,
  type DataRecord,
  dataRecords,
  type PreparedTask,
  type PrepareOptions,
  prepareTasks,
} from "./score/prepare-tasks.js";
export {
  type ClozeText,
  clozeQuestion,
  type ScoredText,
  type ScoredTextAnswer,
  scoreTexts,
} from "./score/score-texts.js";
