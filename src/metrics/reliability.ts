import { GlmEvalError } from "../errors.js";
import type { Reliability } from "./metric.js";

const BINS = 10;

/**
 * Predictions in ten bins of equal width by the probability that was given to them, [0, 0.1), … [0.9, 1], and the expected
 * calibration error (Guo et al. 2017, equation 3). No predictions make no bins, and an error of 0.
 * @throws GlmEvalError (usage) for a probability outside of [0, 1]
 *
 * @example
 * const { bins, ece } = reliabilityOf([{ probability: 0.75, correct: true }, { probability: 0.75, correct: false }]);
 * console.log(bins[0].confidence, bins[0].accuracy, ece); // 0.75 0.5 0.25
 */
export function reliabilityOf(
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
    // By the edges themselves: 10 p, rounded, can lie on the other side of a whole number.
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
