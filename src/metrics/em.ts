import type { Metric, Prediction } from "./metric.js";
import { getUnitKey, requireGroup, tally } from "./units.js";

interface Question {
  readonly cluster: string | undefined;
  right: boolean;
}

/**
 * Share of groups (questions) in which every example (answer option) is right. A group is identified together with its
 * cluster, because some files number the questions of each passage from 0.
 */
export const em: Metric = {
  name: "em",
  title: "EM",
  description: "share of questions with every answer option judged correctly (MultiRC)",
  judges: "labels",
  /** sums: questions with all options right, questions */
  units: (predictions, _labels, by) =>
    tally(
      questions(predictions),
      {
        width: 2,
        name: "questions",
        keyedName: "clusters",
        // A question is a group: when drawing by group, each is a unit.
        getKey: ({ cluster }) => (by === "cluster" ? cluster : undefined),
      },
      (row, question) => {
        if (question.right) row[0]! += 1;
        row[1]! += 1;
      },
    ),
  value: (sums) => sums[0]! / sums[1]!,
};

function questions(predictions: readonly Prediction[]): Question[] {
  const found = new Map<string, Question>();
  for (const prediction of predictions) {
    const group = requireGroup("em", "the options of a question", prediction);
    const key = getUnitKey({ ...prediction, group }, "group")!;
    let question = found.get(key);
    if (question === undefined) {
      question = { cluster: prediction.cluster, right: true };
      found.set(key, question);
    }
    if (prediction.predicted !== prediction.label) question.right = false;
  }
  return [...found.values()];
}
