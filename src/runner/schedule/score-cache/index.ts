export { getKey } from "./key.js";
export type { CachedScores } from "./lines.js";
export { ModelScoreCache, openScoreCache, type ScoreCache, type Snapshot } from "./model-score-cache.js";
export {
  getScoreCacheFolder,
  openRunScoreCache,
  type ScoreCacheRecord,
  type UsedScoreCache,
} from "./run-score-cache.js";
export { type CacheFile, clearFiles, listCacheFiles, type Surveyed, survey } from "./survey.js";
