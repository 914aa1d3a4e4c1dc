/** What was predicted for one example, and what was right. */
export interface Prediction {
  readonly exampleId: string;
  /** a label of the task, or the text of the answer where the task has no labels */
  readonly predicted: string;
  readonly label?: string;
  readonly gold?: readonly string[];
  readonly group?: string;
  readonly cluster?: string;
  /** of every label, after aggregation, calibration and prior (natural logarithms); undefined where answers stand for no labels */
  readonly scores?: readonly { readonly label: string; readonly score: number }[];
}

/** A metric's value with its 95 % interval; all are fractions (or a correlation), never percentages. */
export interface MetricResult {
  readonly metric: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** how the interval was made: "wilson", or "bootstrap" with its number of draws, seed and resampled unit */
  readonly interval: string;
  /** the best value that one constant answer reaches on the same examples (the majority class, for accuracy) */
  readonly constant: number | null;
  /** what a reader of the value must know, e.g. examples that could not be judged; shown below the table */
  readonly note?: string;
}

/**
 * Which examples are drawn together when the sample is redrawn: those of a "cluster" (the passage: the widest dependence
 * that is known), or those of a "group" within its cluster (the question, the pair; the cluster where there is no
 * group). Examples without either stand alone.
 */
export type DrawnBy = "cluster" | "group";

/**
 * Predictions as rows of sums, one row for each unit that is drawn as a whole when the sample is redrawn.
 * Every metric here is a function of the sums over all units, which is what makes the bootstrap cheap.
 */
export interface Units {
  /** what one row is, in the plural: "examples", "questions", "groups", "clusters", "pairs" */
  readonly name: string;
  /** [units][sums], every row of the same length */
  readonly rows: readonly (readonly number[])[];
  readonly note?: string;
}

/** One metric. Adding one means: one file with this shape, one line in registry.ts, one test. */
export interface Metric {
  /** as task files name it: "f1_macro" */
  readonly name: string;
  /** as the table's column names it: "F1" */
  readonly title: string;
  readonly description: string;
  /** whether it judges labels (`label`) or texts (`gold`) */
  readonly judges: "labels" | "texts";
  /**
   * The sums of each unit. Predictions have been checked: there is at least one, and each has what `judges` says.
   * @throws GlmEvalError("data") where examples lack what this metric needs besides
   */
  units(predictions: readonly Prediction[], labels: readonly string[], by: DrawnBy): Units;
  /** The metric's value, given the column sums over all units (as many as a row has). */
  value(sums: ArrayLike<number>): number;
}
