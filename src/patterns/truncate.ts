/** The length of a part in tokens; the blank counts as a part that is not shortenable. */
export interface PartLength {
  readonly length: number;
  readonly shortenable: boolean;
  /** 0 before the segment border (or if there is none), 1 after it */
  readonly segment: 0 | 1;
}

/**
 * "glm": the rule of GLM and PET (tasks/superglue/pvp.py, `truncate`). "longest": each token is taken from the longest
 * part, from the first of them on ties.
 */
export type TruncationRule = "glm" | "longest";

/**
 * Returns the length of each part after exactly `excess` tokens are removed, one by one, from the ends of shortenable
 * parts; undefined if they have fewer tokens than that.
 */
export function truncate(
  parts: readonly PartLength[],
  excess: number,
  rule: TruncationRule,
): number[] | undefined {
  const lengths = parts.map((part) => part.length);
  const next = rule === "glm" ? findLastOfLongerSegment : findFirstLongest;
  for (let i = 0; i < excess; i++) {
    const index = next(parts, lengths);
    if (index === undefined) return undefined;
    lengths[index]!--;
  }
  return lengths;
}

/**
 * Finds the last part that still has tokens: of segment A if A has strictly more shortenable tokens than B, else of B. So
 * ties go to B, and it returns undefined only if neither has any.
 */
function findLastOfLongerSegment(
  parts: readonly PartLength[],
  lengths: readonly number[],
): number | undefined {
  const totals = [0, 0];
  const last: (number | undefined)[] = [undefined, undefined];
  for (const [i, { shortenable, segment }] of parts.entries()) {
    if (!shortenable || lengths[i] === 0) continue;
    totals[segment]! += lengths[i]!;
    last[segment] = i;
  }
  return totals[0]! > totals[1]! ? last[0] : last[1];
}

function findFirstLongest(parts: readonly PartLength[], lengths: readonly number[]): number | undefined {
  let best: number | undefined;
  for (const [i, { shortenable }] of parts.entries()) {
    const length = lengths[i]!;
    if (shortenable && length > 0 && (best === undefined || length > lengths[best]!)) best = i;
  }
  return best;
}
