/** @type {import("glm-eval").Metric} */
export default {
  name: "surprise",
  title: "Surprise",
  description: "mean −log₂ probability of the right label, in bits",
  judges: "labels",
  readsScores: true,
  better: "lower",
  units: (predictions) => ({
    name: "examples",
    rows: predictions.map(({ label, scores = [] }) => {
      // Scores are unnormalized natural logarithms. Subtracting the greatest keeps the exponentials from underflowing.
      const highest = Math.max(...scores.map(({ score }) => score));
      const total = scores.reduce((sum, { score }) => sum + Math.exp(score - highest), 0);
      const right = Number(scores.find((each) => each.label === label)?.score);
      return [(highest + Math.log(total) - right) / Math.LN2, 1];
    }),
  }),
  // Also called for units drawn with replacement, which gives the interval.
  value: (sums) => Number(sums[0]) / Number(sums[1]),
};
