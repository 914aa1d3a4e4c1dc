/** The 97.5 % point of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * 95% Wilson score interval of a proportion, without continuity correction:
 * (p̂ + z²/2n ± z √(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n).
 * E. B. Wilson 1927, J. Am. Stat. Assoc. 22:209–212; recommended for all n by Brown, Cai and DasGupta 2001,
 * Statistical Science 16:101–133. Unlike p̂ ± z·se it stays in [0, 1] and has a positive width at p̂ = 0 and 1.
 */
export function wilson(successes: number, n: number): { low: number; high: number } {
  const p = successes / n;
  const center = p + (Z * Z) / (2 * n);
  const half = Z * Math.sqrt((p * (1 - p)) / n + (Z * Z) / (4 * n * n));
  const scale = 1 + (Z * Z) / n;
  // The ends at p̂ = 0 and 1 are exact; rounding must not move them past the value.
  const low = successes === 0 ? 0 : (center - half) / scale;
  const high = successes === n ? 1 : (center + half) / scale;
  return { low, high };
}
