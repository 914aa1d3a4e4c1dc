import type { Metric } from "./metric.js";
import { requireTwoLabels, tallyExamples } from "./units.js";

/**
 * Matthews correlation of two classes, (TP·TN − FP·FN) / √((TP+FP)(TP+FN)(TN+FP)(TN+FN)), in [−1, 1]; 0 if a
 * marginal is empty, as in scikit-learn. Matthews 1975, Biochim. Biophys. Acta 405:442–451.
 */
export const mcc: Metric = {
  name: "mcc",
  title: "MCC",
  description: "Matthews correlation coefficient of two labels (AX-b)",
  judges: "labels",
  /** sums: TP, FP, FN, TN, with the second label as the positive one (the value is the same either way) */
  units: (predictions, labels, by) => {
    requireTwoLabels("mcc", labels);
    const positive = labels[1]!;
    return tallyExamples(predictions, by, 4, (row, { predicted, label }) => {
      const right = predicted === label;
      if (predicted === positive) row[right ? 0 : 1]! += 1;
      else row[right ? 3 : 2]! += 1;
    });
  },
  value: (sums) => {
    const [tp, fp, fn, tn] = [sums[0]!, sums[1]!, sums[2]!, sums[3]!];
    const scale = Math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn));
    return scale === 0 ? 0 : (tp * tn - fp * fn) / scale;
  },
};
