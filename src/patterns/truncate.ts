/** A part as its token count; the blank is a part like any other that is not shortenable. */
export interface PartLength {
  readonly length: number;
  readonly shortenable: boolean;
  /** 0 before the border of the segments (or where there is none), 1 after it */
  readonly segment: 0 | 1;
}

/**
 * "glm": GLM's and PET's rule (tasks/superglue/pvp.py, `truncate`). "longest": the longest part loses a token first,
 * the first of them on ties.
 */
export type TruncationRule = "glm" | "longest";

/**
 * The length of each part after exactly `excess` tokens are taken from the ends of shortenable parts, one after the
 * other; undefined where they do not hold so many.
 */
export function truncate(
  parts: readonly PartLength[],
  excess: number,
  rule: TruncationRule,
): number[] | undefined {
  const lengths = parts.map((part) => part.length);
  const next = rule === "glm" ? lastOfLongerSegment : firstLongest;
  for (let i = 0; i < excess; i++) {
    const index = next(parts, lengths);
    if (index === undefined) return undefined;
    lengths[index]!--;
  }
  return lengths;
}

/**
 * The last part that still has tokens, of segment A where A has strictly more shortenable tokens than B, else of B.
 * So ties go to B, and it fails only where neither has any.
 */
function lastOfLongerSegment(parts: readonly PartLength[], lengths: readonly number[]): number | undefined {
  const totals = [0, 0];
  const last: (number | undefined)[] = [undefined, undefined];
  for (const [i, { shortenable, segment }] of parts.entries()) {
    if (!shortenable || lengths[i] === 0) continue;
    totals[segment]! += lengths[i]!;
    last[segment] = i;
  }
  return totals[0]! > totals[1]! ? last[0] : last[1];
}

function firstLongest(parts: readonly PartLength[], lengths: readonly number[]): number | undefined {
  let best: number | undefined;
  for (const [i, { shortenable }] of parts.entries()) {
    const length = lengths[i]!;
    if (shortenable && length > 0 && (best === undefined || length > lengths[best]!)) best = i;
  }
  return best;
}
