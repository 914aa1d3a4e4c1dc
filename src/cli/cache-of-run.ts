import path from "node:path";
import { z } from "zod";
import { BUNDLED_MODEL } from "../bundled.js";
import { camelKeys, type Json } from "../json.js";
import { cacheFolder } from "../models/cache/index.js";
import { type ModelScoreCache, openScoreCache, type Snapshot } from "../runner/index.js";
import type { Model } from "../scoring/index.js";
import type { Progress } from "./terminal/progress.js";

/** A model's score cache as a run uses it. */
export interface UsedCache {
  readonly scores: ModelScoreCache;
  /** what was told of it, in this process and those before */
  readonly notes: readonly string[];
}

const NOTHING = { file: null, bytes: 0, checksum: 0, notes: [] };

/** What run.json keeps of a cache; what cannot be read of it stands for a cache in which there was nothing. */
const kept = z
  .object({
    file: z.string().nullable(),
    bytes: z.number(),
    checksum: z.number(),
    notes: z.array(z.string()),
  })
  .catch(NOTHING);

/** Where the score caches of all models lie. */
export function scoreCacheFolder(): string {
  return path.join(cacheFolder(), "scores");
}

/**
 * Opens a model's score cache.
 * @param before what run.json says of the model, where the run goes on: the same of the cache is seen as in the beginning
 */
export async function openCacheOf(model: Model, progress: Progress, before?: Json): Promise<UsedCache> {
  const { weights_sha256: wasLoaded, score_cache: earlier } = (before ?? {}) as Record<string, Json>;
  // A model that could not be loaded before begins now.
  const begun = wasLoaded === undefined ? undefined : kept.parse(camelKeys(earlier));
  const notes = [...(begun?.notes ?? [])];
  const snapshot: Snapshot | undefined = begun && {
    file: begun.file,
    bytes: begun.bytes,
    checksum: begun.checksum,
  };
  const scores = await openScoreCache({
    folder: scoreCacheFolder(),
    model: model.name === BUNDLED_MODEL ? path.basename(model.name) : model.name,
    facts: model.facts,
    snapshot,
    onTrouble: (sentence) => {
      notes.push(sentence);
      progress.say(`note: ${sentence}`);
    },
  });
  return { scores, notes };
}

/** What run.json says of it: what the run saw of the file, and how many of its questions that answered. */
export function describeCache({ scores, notes }: UsedCache) {
  const { snapshot, asked, hits } = scores;
  return { ...snapshot, hits, asked, notes };
}
