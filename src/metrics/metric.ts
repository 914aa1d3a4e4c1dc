/** What was predicted for one example, and what was right. */
export interface Prediction {
  readonly exampleId: string;
  /** a label of the task, or the text of the answer where the task has no labels */
  readonly predicted: string;
  /** the right label, where the task has labels */
  readonly label?: string | undefined;
  /** the right texts, where it has none */
  readonly gold?: readonly string[] | undefined;
  /** what it is judged together with: a question, a pair */
  readonly group?: string | undefined;
  /** what it is not independent of: a passage */
  readonly cluster?: string | undefined;
  /**
   * Each label's score, in the order of the question's answers: a natural logarithm, after its words were put together,
   * calibration and prior. They are not normalised: softmax makes probabilities of them. Only where the answers stand
   * for labels.
   */
  readonly scores?: readonly { readonly label: string; readonly score: number }[] | undefined;
}

/** A metric's value with its 95 % interval; all are fractions (or a correlation), never percentages. */
export interface MetricResult {
  readonly metric: string;
  /** as the table's column names it, where it is none of the metrics that come with the program */
  readonly title?: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** how the interval was made: "wilson", or "bootstrap" with its number of draws, seed and resampled unit */
  readonly interval: string;
  /** the best value that one constant answer reaches on the same examples (the majority class, for accuracy) */
  readonly constant: number | null;
  /** what a reader of the value must know, e.g. examples that could not be judged; shown below the table */
  readonly note?: string;
  /** "lower" where a smaller value is the better one, as of a loss; the greater one unless given */
  readonly better?: "lower";
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

/**
 * One metric: sums over units, and a value made of the sums. One that comes with the program is one file with this shape,
 * one line in registry.ts and one test; one of the user's own is a module that exports these members, by their names or
 * as one object by default, which a task file names by its path.
 *
 * @example
 * // How often the answer is "yes": a module that exports this by default can stand in `metrics: [accuracy, ./yes.mjs]`.
 * const metric: Metric = {
 *   name: "yes",
 *   title: "Yes",
 *   description: "share of examples for which yes was predicted",
 *   judges: "labels",
 *   units: (predictions) => ({
 *     name: "examples",
 *     rows: predictions.map(({ predicted }) => [predicted === "yes" ? 1 : 0, 1]),
 *   }),
 *   value: (sums) => sums[0] / sums[1],
 * };
 */
export interface Metric {
  /** as task files name it: "f1_macro"; letters, digits, _, - and point */
  readonly name: string;
  /** as the table's column names it: "F1" */
  readonly title: string;
  readonly description: string;
  /** whether it judges labels (`label`) or texts (`gold`) */
  readonly judges: "labels" | "texts";
  /** whether it reads `scores`: predictions without are refused, and there is no constant answer to compare with */
  readonly readsScores?: boolean;
  /** whether the greater or the smaller value is the better one; "higher" unless given */
  readonly better?: "higher" | "lower";
  /**
   * The sums of each unit. Predictions have been checked: there is at least one, and each has what `judges` and
   * `readsScores` say. What the units are, and their order, may not depend on what was predicted: two models are
   * compared unit by unit.
   * @param labels the task's, in class order; empty where it has none
   * @throws GlmEvalError (data) where examples lack what this metric needs besides
   */
  units(predictions: readonly Prediction[], labels: readonly string[], by: DrawnBy): Units;
  /**
   * The metric's value, given the column sums over all units (as many as a row has): a fraction, which tables show in
   * percent. The bootstrap calls it of sums over units drawn with replacement.
   */
  value(sums: ArrayLike<number>): number;
}

/** Which labels were predicted for which. */
export interface Confusion {
  /** in class order; after the task's own, others that were predicted or right, in the order of finding */
  readonly labels: readonly string[];
  /** [gold][predicted]: how many examples, both in the order of `labels` */
  readonly counts: readonly (readonly number[])[];
}

/** How far the probability of the predicted label says how often it is right (Guo et al. 2017, "On Calibration of Modern Neural Networks"). */
export interface Reliability {
  /** ten of equal width over 0 … 1; those without examples are left out */
  readonly bins: readonly {
    readonly from: number;
    readonly to: number;
    readonly count: number;
    /** mean probability of the prediction */
    readonly confidence: number;
    /** share that is right */
    readonly accuracy: number;
  }[];
  /** expected calibration error: Σ count/n · |accuracy − confidence| */
  readonly ece: number;
}
