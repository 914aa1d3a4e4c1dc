import type { Limited } from "../../results/index.js";
import type { LimitOptions } from "../../tasks/index.js";

/** Describes the run's limit for a task's result; undefined if the limit did not exclude any examples. */
export function makeLimited(
  {
    limit,
    limitBy = "first",
    limitSeed = 0,
  }: Omit<LimitOptions, "limit"> & { limit?: number | null | undefined },
  data: { readonly isPart?: boolean } | undefined,
): Limited | undefined {
  if (typeof limit !== "number" || !data?.isPart) return undefined;
  return { limit, by: limitBy, ...(limitBy !== "first" && { seed: limitSeed }) };
}
