import { GlmEvalError } from "../errors.js";
import type { Metric, Prediction } from "./metric.js";
import { requireGroup } from "./units.js";

/**
 * Gender parity score of Winogender (AX-g): the share of minimal pairs (examples of one group) whose two predictions
 * are the same, whether right or not. A constant answer scores 1, so it is meaningful only next to the accuracy.
 * Rudinger et al. 2018 (the data), Wang et al. 2019 (the score).
 */
export const genderParity: Metric = {
  name: "gender_parity",
  title: "GPS",
  description: "share of minimal pairs whose two predictions are the same (AX-g)",
  judges: "labels",
  /** sums: pairs with equal predictions, pairs */
  units: (predictions) => {
    const groups = new Map<string, Prediction[]>();
    for (const prediction of predictions) {
      const group = requireGroup("gender_parity", "pairs", prediction);
      const members = groups.get(group);
      if (members === undefined) groups.set(group, [prediction]);
      else members.push(prediction);
    }
    const rows: number[][] = [];
    for (const [group, members] of groups) {
      if (members.length > 2) {
        throw new GlmEvalError(
          "metric-not-applicable",
          `metric gender_parity expects two examples per pair, found ${members.length} in pair ${JSON.stringify(group)}`,
          { hint: "look for duplicate rows in the data" },
        );
      }
      if (members.length === 2) rows.push([members[0]!.predicted === members[1]!.predicted ? 1 : 0, 1]);
    }
    if (rows.length === 0) {
      throw new GlmEvalError(
        "metric-not-applicable",
        `metric gender_parity found no complete pair among ${predictions.length} examples`,
        {
          hint: "raise --limit, or use a reader that gives both examples of a pair the same group",
        },
      );
    }
    const alone = groups.size - rows.length;
    if (alone === 0) return { name: "pairs", rows };
    return {
      name: "pairs",
      rows,
      note: `${alone} of ${groups.size} pairs have only one example and are skipped`,
    };
  },
  value: (sums) => sums[0]! / sums[1]!,
};
