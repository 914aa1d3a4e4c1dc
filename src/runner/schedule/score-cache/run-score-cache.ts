import path from "node:path";
import { cacheFolder } from "../../../fetch/cache/index.js";
import type { ModelFacts } from "../../../scoring/index.js";
import { type ModelScoreCache, openScoreCache, type Snapshot } from "./model-score-cache.js";

/** The entry in run.json for a model's score cache. */
export interface ScoreCacheRecord extends Snapshot {
  /** how many of the looked-up questions earlier runs had scored */
  readonly hits: number;
  readonly asked: number;
  /** problems reported in this process and earlier ones */
  notes: readonly string[];
}

/** A model's score cache as a run uses it. */
export interface UsedScoreCache {
  readonly scores: ModelScoreCache;
  describe(): ScoreCacheRecord;
}

/** Returns the folder of the score caches of all models. */
export function getScoreCacheFolder(): string {
  return path.join(cacheFolder(), "scores");
}

/**
 * Opens a model's score cache for a run.
 * @param options.before the record from an earlier process of the run: the same part of the cache is visible as at the
 *   start. null: it recorded nothing, so nothing of the cache is visible. undefined: the run starts now.
 */
export async function openRunScoreCache(options: {
  readonly folder: string;
  /** the model's name, for people who inspect the cache */
  readonly model: string;
  readonly facts: ModelFacts;
  readonly before: ScoreCacheRecord | null | undefined;
  readonly onNote: (sentence: string) => void;
}): Promise<UsedScoreCache> {
  const { before, onNote, ...opening } = options;
  const notes = [...(before?.notes ?? [])];
  const nothing: Snapshot = { file: null, bytes: 0, checksum: 0 };
  const snapshot =
    before === undefined
      ? undefined
      : before === null
        ? nothing
        : { file: before.file, bytes: before.bytes, checksum: before.checksum };
  const scores = await openScoreCache({
    ...opening,
    snapshot,
    onTrouble: (sentence) => {
      notes.push(sentence);
      onNote(sentence);
    },
  });
  return {
    scores,
    describe: () => ({ ...scores.snapshot, hits: scores.hits, asked: scores.asked, notes: [...notes] }),
  };
}
