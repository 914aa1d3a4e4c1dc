import { scoreTokenF1 } from "./answer-text.js";
import type { Metric } from "./metric.js";
import { tallyExamples } from "./units.js";

export const tokenF1: Metric = {
  name: "token_f1",
  title: "F1",
  description: "mean over queries of the best bag-of-words F1 with a gold text, after normalization (ReCoRD)",
  judges: "texts",
  /** sums: score, queries */
  units: (predictions, _labels, by) =>
    tallyExamples(predictions, by, 2, (row, { predicted, gold }) => {
      row[0]! += Math.max(...gold!.map((text) => scoreTokenF1(predicted, text)));
      row[1]! += 1;
    }),
  value: (sums) => sums[0]! / sums[1]!,
};
