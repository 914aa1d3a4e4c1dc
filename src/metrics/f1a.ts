import type { Metric } from "./metric.js";
import { getUnitKey, requireTwoLabels, tally } from "./units.js";

/**
 * F1 of the positive class (the second label) over all answer options poolEngines: 2TP / (2TP + FP + FN), and 0 if no
 * option is positive in gold or prediction (scikit-learn's convention). Khashabi et al. 2018 (MultiRC), F1a.
 */
export const f1a: Metric = {
  name: "f1a",
  title: "F1a",
  description: "F1 of the second label over all answer options poolEngines (MultiRC)",
  judges: "labels",
  /** sums: TP, FP, FN */
  units: (predictions, labels, by) => {
    requireTwoLabels("f1a", labels);
    const positive = labels[1]!;
    const byQuestion = by === "group" && predictions.some(({ group }) => group !== undefined);
    return tally(
      predictions,
      {
        width: 3,
        name: "examples",
        keyedName: byQuestion ? "questions" : "clusters",
        // If the passage is unknown, at least keep the options of one question together.
        getKey: (prediction) => getUnitKey(prediction, by) ?? prediction.group,
      },
      (row, { predicted, label }) => {
        if (predicted === positive) row[label === positive ? 0 : 1]! += 1;
        else if (label === positive) row[2]! += 1;
      },
    );
  },
  value: (sums) => {
    const denominator = 2 * sums[0]! + sums[1]! + sums[2]!;
    return denominator === 0 ? 0 : (2 * sums[0]!) / denominator;
  },
};
