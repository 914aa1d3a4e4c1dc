import type { TokenCounts } from "./engine.js";

/**
 * Default number of tokens per pass through a model, including padding: larger activations do not fit in the
 * processor's cache (docs/performance.md).
 */
export const DEFAULT_BATCH_TOKENS = 512;

/**
 * Overhead of a pass, in tokens: for a handful of tokens, most of the time is spent reading the weights. Measured: see
 * docs/performance.md.
 */
export const PASS_COST = 16;

/**
 * Splits rows into passes, longest first, so that rows of similar length run together.
 * @param maxBatchTokens maximum number of tokens per pass, including padding; one row always fits
 * @param pads whether rows of different lengths may share a pass
 * @returns the row indices of each pass
 */
export function passes(lengths: readonly number[], maxBatchTokens: number, pads = true): number[][] {
  const order = lengths.map((_, row) => row).sort((a, b) => lengths[b]! - lengths[a]!);
  const all: number[][] = [];
  for (const row of order) {
    const pass = all.at(-1);
    const width = pass && lengths[pass[0]!]!;
    if (pass && (pass.length + 1) * width! <= maxBatchTokens && (pads || width === lengths[row]))
      pass.push(row);
    else all.push([row]);
  }
  return all;
}

/** Adds a pass to the work done so far. @param lengths lengths of its rows: each takes as much as the longest */
export function addPass(work: TokenCounts, lengths: readonly number[]): void {
  const tokens = lengths.length * Math.max(...lengths);
  work.tokens += tokens;
  work.padding += tokens - lengths.reduce((a, b) => a + b, 0);
}
