import { computeReliability, type Prediction } from "../../metrics/index.js";
import type { TaskResult } from "../../results/index.js";
import { softmax } from "./decide.js";

/** Measures how well the labels' probabilities, the softmax of their scores, predict how often a prediction is right. */
export function measureReliability(
  predictions: readonly Prediction[],
  labels: readonly string[],
): Pick<TaskResult, "reliability"> {
  if (labels.length === 0 || predictions.some(({ scores }) => scores?.length !== labels.length)) return {};
  const points = predictions.map(({ scores, predicted, label }) => {
    const probabilities = softmax(scores!.map(({ score }) => score));
    const probability = probabilities[scores!.findIndex((one) => one.label === predicted)]!;
    return { probability: Math.min(1, probability), correct: predicted === label };
  });
  return { reliability: computeReliability(points) };
}
