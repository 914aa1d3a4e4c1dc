import type { Metric } from "./metric.js";
import { tallyExamples } from "./units.js";

export const accuracy: Metric = {
  name: "accuracy",
  title: "Acc.",
  description: "share of examples whose predicted label is the gold label",
  judges: "labels",
  /** sums: right, all */
  units: (predictions, _labels, by) =>
    tallyExamples(predictions, by, 2, (row, { predicted, label }) => {
      if (predicted === label) row[0]! += 1;
      row[1]! += 1;
    }),
  value: (sums) => sums[0]! / sums[1]!,
};
