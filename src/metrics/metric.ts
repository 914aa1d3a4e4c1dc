/** The prediction for one example, and its gold answer. */
export interface Prediction {
  readonly exampleId: string;
  /** a label of the task, or the text of the answer if the task has no labels */
  readonly predicted: string;
  /** the gold label, if the task has labels */
  readonly label?: string | undefined;
  /** the gold texts, if it has none */
  readonly gold?: readonly string[] | undefined;
  /** id of the examples it is judged with: a question, a pair */
  readonly group?: string | undefined;
  /** id of the examples it is not independent of: a passage */
  readonly cluster?: string | undefined;
  /**
   * Each label's score, in the order of the question's answers: a natural logarithm, after aggregation over its words,
   * calibration and prior. The scores are not normalized: softmax turns them into probabilities. Present only if the
   * answers map to labels.
   */
  readonly scores?: readonly { readonly label: string; readonly score: number }[] | undefined;
}

/** A metric's value with its 95% interval; all are fractions (or a correlation), never percentages. */
export interface MetricResult {
  readonly metric: string;
  /** title of its table column, if it is not a built-in metric */
  readonly title?: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** how the interval was computed: "wilson", or "bootstrap" with its number of draws, seed and resampled unit */
  readonly interval: string;
  /** the best value that one constant answer reaches on the same examples (the majority class, for accuracy) */
  readonly constant: number | null;
  /** a caveat for readers of the value, e.g. examples that could not be judged; shown below the table */
  readonly note?: string;
  /** "lower" if lower is better, as for a loss; by default higher is better */
  readonly better?: "lower";
}

/**
 * Which examples are resampled together: those of a "cluster" (the passage: the widest known dependence), or those of a
 * "group" within its cluster (the question, the pair; the cluster if there is no group). Examples without either are
 * separate units.
 */
export type DrawnBy = "cluster" | "group";

/**
 * Predictions as rows of sums, one row for each unit of resampling.
 * Every metric here is a function of the sums over all units, which makes the bootstrap cheap.
 */
export interface Units {
  /** what a row represents, in the plural: "examples", "questions", "groups", "clusters", "pairs" */
  readonly name: string;
  /** [units][sums], every row of the same length */
  readonly rows: readonly (readonly number[])[];
  readonly note?: string;
}

/**
 * A metric: sums over units, and a value computed from the sums. A built-in metric is one file with this shape, one line
 * in registry.ts and one test. A custom metric is a module that exports these members, by name or as one default-exported
 * object; a task file refers to it by its path.
 *
 * @example
 * // How often the answer is "yes": a module with this default export can be listed in `metrics: [accuracy, ./yes.mjs]`.
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
  /** its name in task files: "f1_macro"; letters, digits, _, - and . */
  readonly name: string;
  /** title of its table column: "F1" */
  readonly title: string;
  readonly description: string;
  /** whether it judges labels (`label`) or texts (`gold`) */
  readonly judges: "labels" | "texts";
  /** whether it reads `scores`: predictions without them are rejected, and there is no constant answer to compare with */
  readonly readsScores?: boolean;
  /** whether higher or lower is better; default: "higher" */
  readonly better?: "higher" | "lower";
  /**
   * Returns the sums of each unit. Predictions have been checked: there is at least one, and each has what `judges` and
   * `readsScores` require. The units and their order must not depend on the predictions: two models are compared unit by
   * unit.
   * @param labels the task's, in class order; empty if it has none
   * @throws GlmEvalError (data) if examples lack something else that this metric needs
   */
  units(predictions: readonly Prediction[], labels: readonly string[], by: DrawnBy): Units;
  /**
   * Returns the metric's value for the column sums over all units (as many as a row has): a fraction, which tables show
   * in percent. The bootstrap calls it with sums over units drawn with replacement.
   */
  value(sums: ArrayLike<number>): number;
}

/** A confusion matrix. */
export interface Confusion {
  /** the task's labels in class order, then any other gold or predicted labels in the order they were found */
  readonly labels: readonly string[];
  /** [gold][predicted]: number of examples; both indices follow `labels` */
  readonly counts: readonly (readonly number[])[];
}

/** How well the probability of the predicted label matches how often it is right (Guo et al. 2017, "On Calibration of Modern Neural Networks"). */
export interface Reliability {
  /** ten bins of equal width over 0 … 1; empty bins are omitted */
  readonly bins: readonly {
    readonly from: number;
    readonly to: number;
    readonly count: number;
    /** mean probability of the prediction */
    readonly confidence: number;
    /** share of right predictions */
    readonly accuracy: number;
  }[];
  /** expected calibration error: Σ count/n · |accuracy − confidence| */
  readonly ece: number;
}
