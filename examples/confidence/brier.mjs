// The Brier score (Brier 1950) as a metric of one's own: how far the probabilities that the model gives to the labels lie from
// the truth, which is 1 for the right label and 0 for the others. 0 is perfect. Answering "0.5, 0.5" to two labels scores 0.5,
// being sure of the wrong one 2. Accuracy asks only which label is the most probable; this also asks how sure the model was.

/** @type {import("glm-eval").Metric} */
export default {
  name: "brier", // what results and the command line call it
  title: "Brier", // what the table calls it
  description: "sum over labels of the squared distance of probability and truth, mean over examples",
  judges: "labels", // predictions have the right label in `label`; "texts": the right texts in `gold`
  readsScores: true, // without it `scores` may be missing
  better: "lower", // the smaller the better; "higher" unless given

  // One row of sums for each unit of the sample, here each example. What belongs together, such as the questions about one
  // passage, belongs into one row: tallyExamples of the library glm-eval makes such rows.
  units(predictions) {
    const rows = predictions.map(({ label, scores }) => {
      const probabilities = softmax(scores.map(({ score }) => score));
      const distance = (k) => probabilities[k] - (scores[k].label === label ? 1 : 0);
      return [scores.reduce((sum, _, k) => sum + distance(k) ** 2, 0), 1];
    });
    return { name: "examples", rows };
  },

  // The metric made of the rows' sums. The confidence interval comes from calling it for rows drawn again and again.
  value: (sums) => sums[0] / sums[1],
};

// Scores are natural logarithms that need not be normalised: the greatest is taken off so that no exponential overflows.
function softmax(scores) {
  const highest = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - highest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
