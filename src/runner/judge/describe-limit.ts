import type { Limited } from "../../results/index.js";
import type { LimitOptions } from "../../tasks/index.js";

/** What a task's result says of the run's limit; undefined where the split has no more examples than that. */
export function limitedBy(
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
