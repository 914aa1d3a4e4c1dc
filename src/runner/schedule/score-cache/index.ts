export { keyOf } from "./key.js";
export { ModelScoreCache, openScoreCache, type ScoreCache, type Snapshot } from "./model-score-cache.js";
export { openScoreCacheOf, type ScoreCacheRecord, scoreCacheFolder, type UsedScoreCache } from "./of-run.js";
export { type CacheFile, cacheFiles, clearFiles, type Surveyed, survey } from "./survey.js";
