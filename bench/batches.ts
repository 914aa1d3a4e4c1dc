import { plan } from "../src/runner/index.js";
import type { Engine, InfillQuestion, PreparedQuestion } from "../src/scoring/index.js";
import { countTokens } from "../src/scoring/infill/infill-batch.js";

/** The command's default of --max-batch-tokens. */
export const BATCH_TOKENS = 512;

export type Rows<Q = InfillQuestion> = readonly (readonly Q[])[];

/**
 * Questions in rows and batches as a run of the command puts them.
 * @param engine whose rows they are
 */
export function planned<Q extends PreparedQuestion>(
  questions: readonly Q[],
  engine: Engine<Q>,
  maxBatchTokens = BATCH_TOKENS,
): Rows<Q>[] {
  const lengths = questions.map((question) => engine.length(question));
  const batches = plan(lengths, { maxBatchTokens }, engine);
  return batches.map((rows) => rows.map((row) => row.map((k) => questions[k]!)));
}

/** `count` batches from the longest questions' to the shortest ones', evenly spaced. */
export function spread(batches: readonly Rows[], count: number): Rows[] {
  // The last batch is what was left over, and small.
  const full = batches.slice(0, Math.max(1, batches.length - 1));
  return Array.from({ length: count }, (_, k) => full[Math.floor(((k + 0.5) * full.length) / count)]!);
}

/** Tokens that are not padding. */
export function tokenCount(rows: Rows): number {
  return rows.flat().reduce((sum, question) => sum + countTokens(question), 0);
}
