import type { Metric, Prediction } from "../../metrics/index.js";
import type { TaskResult } from "../../results/index.js";
import type { JudgedExample } from "./samples.js";

/** The facts about a task that judging needs. */
export interface JudgedTask {
  readonly name: string;
  readonly title: string;
  /** shown as the pattern of a task that cannot be scored */
  readonly defaultPattern: string;
  /** in class order; empty if the prediction is a text */
  readonly labels: readonly string[];
  /** the probability of each label, in class order */
  readonly prior?: readonly number[] | undefined;
  /** by name, or the user's own metrics */
  readonly metrics: readonly (string | Metric)[];
}

/** One judged pattern of a task: its result, and its examples in the order of the data. */
export interface PatternRun {
  readonly result: TaskResult;
  readonly judged: readonly JudgedExample[];
  readonly predictions: readonly Prediction[];
}
