export { type CombinedRuns, type CombineOptions, combineRuns } from "./combine-runs.js";
export type { ModelOutcome } from "./describe-run.js";
export { type EvaluateEvent, type EvaluateOptions, type Evaluation, evaluate } from "./evaluate.js";
export type { OnRunEvent, RunEvent } from "./events.js";
export { type FinishedModel, type FinishedRun, finishedRun } from "./finished-run.js";
export { type JudgeChanges, type JudgeRunOptions, judgeRun, type RunJudgement } from "./judge/judge-run.js";
export { judgeInto } from "./judge/write-judgement.js";
export type { JournalAnswer, JournalEntry, ScoredQuestions } from "./record/journal.js";
export type { QuestionRecord } from "./record/question.js";
export {
  isRunFolder,
  type RecordedRun,
  readQuestions,
  readResults,
  readRun,
  readSamples,
} from "./record/read-run.js";
export { RunFolder } from "./record/run-folder.js";
export { formatRunRecord, type ModelRecord, type RunRecord, type TaskRecord } from "./record/run-record.js";
export { resumeCommand } from "./record/same-run.js";
export { run } from "./run.js";
export type { OpenRunFolder, RunHooks, RunOutcome } from "./run-hooks.js";
export { TRIED_QUESTIONS } from "./run-model.js";
export {
  getDataRoot,
  getFewshotOptions,
  getPlan,
  type NamedModel,
  type RequestedPlan,
  type RunOptions,
} from "./run-options.js";
export { chooseBatchTokens, type Tried, tryBatchTokens } from "./schedule/batch-tokens.js";
export { type PlanOptions, plan, type RowFacts } from "./schedule/plan.js";
export { PrepareAhead } from "./schedule/prepare-ahead.js";
export { type ScoreProgress, scoreAll } from "./schedule/score-all.js";
export {
  type CachedScores,
  type CacheFile,
  clearFiles,
  getScoreCacheFolder,
  listCacheFiles,
  type ModelScoreCache,
  openRunScoreCache,
  openScoreCache,
  type ScoreCache,
  type Snapshot,
  type Surveyed,
  survey,
  type UsedScoreCache,
} from "./schedule/score-cache/index.js";
export { checkTexts, checkWords, makeReporter } from "./score/check-words.js";
export { type FewshotOptions, loadPool } from "./score/fewshot.js";
export { makeQuestions, selectQuestions } from "./score/jobs.js";
export {
  choosePatterns,
  type DataRecord,
  listDataRecords,
  type PreparedTask,
  type PrepareOptions,
  prepareTasks,
} from "./score/prepare-tasks.js";
export {
  type ClozeText,
  makeClozeQuestion,
  type ScoredText,
  type ScoredTextAnswer,
  scoreTexts,
} from "./score/score-texts.js";
