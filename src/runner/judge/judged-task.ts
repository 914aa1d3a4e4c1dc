import type { Metric, Prediction } from "../../metrics/index.js";
import type { TaskResult } from "../../results/index.js";
import type { JudgedExample } from "./samples.js";

/** What judging needs to know of a task. */
export interface JudgedTask {
  readonly name: string;
  readonly title: string;
  /** what a task that cannot be asked is shown with */
  readonly defaultPattern: string;
  /** in class order; empty where the prediction is a text */
  readonly labels: readonly string[];
  /** the probability of each label, in class order */
  readonly prior?: readonly number[] | undefined;
  /** by name, or metrics of the user's own */
  readonly metrics: readonly (string | Metric)[];
}

/** One pattern's part of a task: its result, and its examples in the order of the data. */
export interface PatternRun {
  readonly result: TaskResult;
  readonly judged: readonly JudgedExample[];
  readonly predictions: readonly Prediction[];
}
