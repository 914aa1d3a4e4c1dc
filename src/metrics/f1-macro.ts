import type { Metric } from "./metric.js";
import { tallyExamples } from "./units.js";

/**
 * Unweighted mean of the F1 of each class that occurs among the gold or predicted labels; the F1 of a class
 * without a true positive is 0. Same as scikit-learn's `f1_score(average="macro")` without `labels`, which is how
 * GLM's and jiant's evaluations of CB call it.
 */
export const f1Macro: Metric = {
  name: "f1_macro",
  title: "F1",
  description: "mean of the F1 of each class that occurs among the gold or predicted labels",
  judges: "labels",
  /** sums: true positives, false positives and false negatives of each label */
  units: (predictions, labels, by) => {
    const at = new Map(labels.map((label, index) => [label, 3 * index]));
    return tallyExamples(predictions, by, 3 * labels.length, (row, { predicted, label }) => {
      const p = at.get(predicted)!;
      const g = at.get(label!)!;
      if (p === g) row[p]! += 1;
      else {
        row[p + 1]! += 1;
        row[g + 2]! += 1;
      }
    });
  },
  value: (sums) => {
    let classes = 0;
    let sum = 0;
    for (let k = 0; k < sums.length; k += 3) {
      const denominator = 2 * sums[k]! + sums[k + 1]! + sums[k + 2]!;
      if (denominator === 0) continue;
      classes += 1;
      sum += (2 * sums[k]!) / denominator;
    }
    return sum / classes;
  },
};
