// The Brier score (Brier 1950) as a custom metric: how far the model's probabilities of the labels are from the truth, which is
// 1 for the right label and 0 for the others. 0 is perfect. Answering "0.5, 0.5" to two labels scores 0.5; being certain of the
// wrong one scores 2. Accuracy depends only on the most probable label; this score also depends on the model's confidence.

/** @type {import("glm-eval").Metric} */
export default {
  name: "brier", // its name in results and on the command line
  title: "Brier", // its heading in tables
  description: "sum over labels of the squared distance of probability and truth, mean over examples",
  judges: "labels", // each prediction has its right label in `label`; "texts": the right texts in `gold`
  readsScores: true, // without it `scores` may be missing
  better: "lower", // default: "higher"

  // One row of sums for each unit of the sample, here each example. Examples that belong together, such as the questions about
  // one passage, go into one row: the library's tallyExamples builds such rows.
  units(predictions) {
    const rows = predictions.map(({ label, scores }) => {
      const probabilities = softmax(scores.map(({ score }) => score));
      const distance = (k) => probabilities[k] - (scores[k].label === label ? 1 : 0);
      return [scores.reduce((sum, _, k) => sum + distance(k) ** 2, 0), 1];
    });
    return { name: "examples", rows };
  },

  // The metric, computed from the rows' sums. The confidence interval comes from calling it for resampled rows.
  value: (sums) => sums[0] / sums[1],
};

// Scores are unnormalized natural logarithms. Subtracting the greatest keeps the exponentials from overflowing.
function softmax(scores) {
  const highest = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - highest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
