import { scoreExactMatch } from "../metrics/index.js";
import type { Sample } from "./sample.js";

/**
 * Returns whether a sample's prediction is right: equal to the gold label, or to one of the gold texts under ReCoRD's exact
 * match. Returns undefined if the data has no gold answer.
 */
export function isRight({
  predicted,
  label,
  gold,
}: Pick<Sample, "predicted" | "label" | "gold">): boolean | undefined {
  if (label !== undefined) return predicted === label;
  if (gold === undefined || gold.length === 0) return undefined;
  return gold.some((text) => scoreExactMatch(predicted, text) === 1);
}
