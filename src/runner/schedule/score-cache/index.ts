export { ModelScoreCache, openScoreCache, type ScoreCache, type Snapshot } from "./cache.js";
export { keyOf } from "./key.js";
export { type CacheFile, cacheFiles, clearFiles, type Surveyed, survey } from "./survey.js";
export { openScoreCacheOf, scoreCacheFolder, type ScoreCacheRecord, type UsedScoreCache } from "./of-run.js";
