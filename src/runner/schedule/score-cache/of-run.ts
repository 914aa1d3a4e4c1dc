import path from "node:path";
import { cacheFolder } from "../../../fetch/cache/index.js";
import type { ModelFacts } from "../../../scoring/index.js";
import { type ModelScoreCache, openScoreCache, type Snapshot } from "./model-score-cache.js";

/** What run.json keeps of a model's score cache. */
export interface ScoreCacheRecord extends Snapshot {
  /** how many of the questions that were looked up earlier runs had scored */
  readonly hits: number;
  readonly asked: number;
  /** what was reported of it, in this process and those before */
  notes: readonly string[];
}

/** A model's score cache as a run uses it. */
export interface UsedScoreCache {
  readonly scores: ModelScoreCache;
  describe(): ScoreCacheRecord;
}

/** Where the score caches of all models lie. */
export function scoreCacheFolder(): string {
  return path.join(cacheFolder(), "scores");
}

/**
 * Opens a model's score cache for a run.
 * @param options.before what an earlier process of the run recorded of it: the same of the cache is seen as in the
 *   beginning. null: it recorded nothing, so that nothing of the cache is seen. undefined: the run begins now.
 */
export async function openScoreCacheOf(options: {
  readonly folder: string;
  /** the model's name, for people who look at the cache */
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
