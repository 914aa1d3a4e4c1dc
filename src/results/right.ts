import { exactMatchOf } from "../metrics/index.js";
import type { Sample } from "./sample.js";

/**
 * Whether a sample's prediction is right: the gold label, or one of the gold texts as the exact match of ReCoRD compares
 * them. Undefined where the data has no gold.
 */
export function isRight({
  predicted,
  label,
  gold,
}: Pick<Sample, "predicted" | "label" | "gold">): boolean | undefined {
  if (label !== undefined) return predicted === label;
  if (gold === undefined || gold.length === 0) return undefined;
  return gold.some((text) => exactMatchOf(predicted, text) === 1);
}
