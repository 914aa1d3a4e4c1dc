import { scoreExactMatch } from "./answer-text.js";
import type { Metric } from "./metric.js";
import { tallyExamples } from "./units.js";

export const exactMatch: Metric = {
  name: "exact_match",
  title: "EM",
  description: "share of queries whose answer is one of the gold texts, after normalization (ReCoRD)",
  judges: "texts",
  /** sums: score, queries */
  units: (predictions, _labels, by) =>
    tallyExamples(predictions, by, 2, (row, { predicted, gold }) => {
      row[0]! += Math.max(...gold!.map((text) => scoreExactMatch(predicted, text)));
      row[1]! += 1;
    }),
  value: (sums) => sums[0]! / sums[1]!,
};
