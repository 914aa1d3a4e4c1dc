const BIG = 2 ** 512;

/**
 * McNemar's exact test of two paired proportions: the two-sided binomial test that both kinds of discordant pairs are
 * equally frequent, p = min(1, 2 P(X ≤ min(b, c))) with X ~ Binomial(b + c, ½); 1 if no pair is discordant.
 * McNemar 1947, Psychometrika 12:153–157; exact as in Agresti, Categorical Data Analysis, section 11.1. No continuity
 * correction, no mid-p. A p below the smallest positive double is raised to it: p is never 0.
 * @param b number of pairs that only the first has right
 * @param c number of pairs that only the second has right
 */
export function mcnemarExact(b: number, c: number): number {
  const n = b + c;
  const k = Math.min(b, c);
  // The largest term of the tail, C(n, k) / 2^n, as mantissa / 2^halvings, because neither factor fits a double.
  let mantissa = 1;
  let halvings = n;
  for (let j = 1; j <= k; j++) {
    mantissa *= (n - j + 1) / j;
    if (mantissa > BIG) {
      mantissa /= BIG;
      halvings -= 512;
    }
  }
  // Each term, from k down, relative to the largest.
  let tail = 0;
  let share = 1;
  for (let i = k; i >= 0; i--) {
    tail += share;
    share *= i / (n - i + 1);
  }
  // In two steps, because 2^-halvings may underflow although the product does not.
  const half = Math.floor(halvings / 2);
  const p = 2 * mantissa * tail * 2 ** -half * 2 ** (half - halvings);
  return Math.min(1, Math.max(p, Number.MIN_VALUE));
}
