import { plan } from "../src/runner/index.js";
import type { InfillQuestion } from "../src/scoring/index.js";

/** The command's default of --max-batch-tokens. */
export const BATCH_TOKENS = 512;

export type Rows = readonly (readonly InfillQuestion[])[];

/** Questions in rows and batches as a run of the command puts them. */
export function planned(questions: readonly InfillQuestion[], maxBatchTokens = BATCH_TOKENS): Rows[] {
  const lengths = questions.map(({ length }) => length);
  return plan(lengths, { maxBatchTokens }).map((rows) => rows.map((row) => row.map((k) => questions[k]!)));
}

/** `count` batches from the longest questions' to the shortest ones', evenly spaced. */
export function spread(batches: readonly Rows[], count: number): Rows[] {
  // The last batch is what was left over, and small.
  const full = batches.slice(0, Math.max(1, batches.length - 1));
  return Array.from({ length: count }, (_, k) => full[Math.floor(((k + 0.5) * full.length) / count)]!);
}

/** Tokens that are not padding. */
export function tokenCount(rows: Rows): number {
  return rows.flat().reduce((sum, { length }) => sum + length, 0);
}
