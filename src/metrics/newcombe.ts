import { wilson } from "./wilson.js";

/** Numbers of pairs by whether the first and the second are right. */
export interface PairCounts {
  readonly both: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly neither: number;
}

/**
 * 95% interval of the difference of two paired proportions p₁ − p₂, from their Wilson intervals [l, u] and the
 * correlation φ of the pairs, its numerator corrected for continuity if it is positive:
 * low = D − √((p₁−l₁)² − 2φ(p₁−l₁)(u₂−p₂) + (u₂−p₂)²), high = D + √((u₁−p₁)² − 2φ(u₁−p₁)(p₂−l₂) + (p₂−l₂)²).
 * Method 10 of Newcombe 1998, Statistics in Medicine 17:2635–2650; recommended by Fagerland, Lydersen and Laake 2014,
 * Statistics in Medicine 33:2850–2875. Always within [−1, 1], and with a positive width even if no pair is discordant.
 */
export function newcombePaired(pairs: PairCounts): { low: number; high: number } {
  const { both, onlyFirst, onlySecond, neither } = pairs;
  const n = both + onlyFirst + onlySecond + neither;
  const first = distances(both + onlyFirst, n);
  const second = distances(both + onlySecond, n);
  const phi = correlation(pairs, n);
  const difference = (onlyFirst - onlySecond) / n;
  return {
    low: difference - combine(first.below, second.above, phi),
    high: difference + combine(first.above, second.below, phi),
  };
}

function distances(successes: number, n: number) {
  const { low, high } = wilson(successes, n);
  return { below: successes / n - low, above: high - successes / n };
}

function correlation({ both, onlyFirst, onlySecond, neither }: PairCounts, n: number): number {
  const margins = (both + onlyFirst) * (onlySecond + neither) * (both + onlySecond) * (onlyFirst + neither);
  if (margins === 0) return 0;
  const determinant = both * neither - onlyFirst * onlySecond;
  const corrected = determinant > 0 ? Math.max(determinant - n / 2, 0) : determinant;
  return corrected / Math.sqrt(margins);
}

/** √(x² − 2φxy + y²); the clamp keeps rounding from making the radicand negative. */
function combine(x: number, y: number, phi: number): number {
  return Math.sqrt(Math.max(x * x - 2 * phi * x * y + y * y, 0));
}
