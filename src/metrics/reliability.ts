import { GlmEvalError } from "../errors.js";
import type { Reliability } from "./metric.js";

const BINS = 10;

/**
 * Groups predictions by their probability into ten bins of equal width, [0, 0.1), … [0.9, 1], and computes the expected
 * calibration error (Guo et al. 2017, equation 3). Without predictions there are no bins, and the error is 0.
 * @throws GlmEvalError (usage) for a probability outside [0, 1]
 *
 * @example
 * const { bins, ece } = computeReliability([{ probability: 0.75, correct: true }, { probability: 0.75, correct: false }]);
 * console.log(bins[0].confidence, bins[0].accuracy, ece); // 0.75 0.5 0.25
 */
export function computeReliability(
  points: readonly { readonly probability: number; readonly correct: boolean }[],
): Reliability {
  const sums = Array.from({ length: BINS }, (_, k) => ({
    from: k / BINS,
    to: (k + 1) / BINS,
    count: 0,
    probability: 0,
    correct: 0,
  }));
  for (const { probability, correct } of points) {
    if (!(probability >= 0 && probability <= 1))
      throw new GlmEvalError("bad-number", `found the probability ${probability}; expected 0 to 1`);
    // Compare with the edges themselves: 10 p, rounded, can fall on the other side of an integer.
    const bin = sums.findLast(({ from }) => from <= probability)!;
    bin.count += 1;
    bin.probability += probability;
    if (correct) bin.correct += 1;
  }
  const bins = sums
    .filter(({ count }) => count > 0)
    .map(({ from, to, count, ...sum }) => ({
      from,
      to,
      count,
      confidence: sum.probability / count,
      accuracy: sum.correct / count,
    }));
  const ece = bins.reduce(
    (total, { count, confidence, accuracy }) =>
      total + (count / points.length) * Math.abs(accuracy - confidence),
    0,
  );
  return { bins, ece };
}
