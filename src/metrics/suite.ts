/** How the results of a suite's tasks are combined into one score. */
export interface SuiteRule {
  /** names of the tasks, in order */
  readonly tasks: readonly string[];
  /** whether all tasks have equal weight, or weights proportional to their number of examples */
  readonly weight: "equal" | "examples";
  /** the metrics of a task that count, by the task's name; all of them if the task is not listed */
  readonly metrics: Readonly<Record<string, readonly string[]>>;
}

/** The parts of one task's result that a suite's score needs. */
export interface SuiteTask {
  readonly task: string;
  readonly examples: number;
  readonly metrics: readonly { readonly metric: string; readonly value: number }[];
}

/**
 * Computes the score of a suite: the weighted mean of its tasks' scores, where a task's score is the mean of those of its
 * metrics that count. For SuperGLUE all weights are equal (Wang et al. 2019, section 3). The unit is that of the metrics'
 * values. Results of other tasks are ignored.
 * @returns null unless each task is present exactly once, with every metric that counts, at least one, and no NaN
 *
 * @example
 * const rule = { tasks: ["copa", "cb"], weight: "equal", metrics: {} } as const;
 * const score = suiteScore(rule, [
 *   { task: "copa", examples: 100, metrics: [{ metric: "accuracy", value: 0.5 }] },
 *   { task: "cb", examples: 56, metrics: [{ metric: "accuracy", value: 1 }, { metric: "f1_macro", value: 0.5 }] },
 * ]);
 * console.log(score); // 0.625
 */
export function suiteScore(rule: SuiteRule, results: readonly SuiteTask[]): number | null {
  let sum = 0;
  let weights = 0;
  for (const name of rule.tasks) {
    const [found, ...more] = results.filter(({ task }) => task === name);
    if (found === undefined || more.length > 0) return null;
    const counting = rule.metrics[name];
    const values = found.metrics.filter(({ metric }) => counting?.includes(metric) ?? true);
    if (counting !== undefined && values.length < counting.length) return null;
    const weight = rule.weight === "equal" ? 1 : found.examples;
    sum += (weight * values.reduce((total, { value }) => total + value, 0)) / values.length;
    weights += weight;
  }
  const score = sum / weights;
  return Number.isFinite(score) ? score : null;
}
