import type { Confusion, MetricResult, PairedComparison, Reliability } from "../metrics/index.js";

export type { Confusion, Reliability };

/** The result of one task and pattern of a run. */
export interface TaskResult {
  readonly task: string;
  readonly title: string;
  readonly pattern: string;
  /** "ensemble": computed from the task's patterns; undefined for the result of a single pattern */
  readonly kind?: "ensemble";
  readonly status: "done" | "missing" | "failed";
  /** why it is missing or failed, and what to do */
  readonly message?: string;
  /** number of scored examples (rows of the data after its reader) */
  readonly examples: number;
  /** where a limit left out some of the split's examples: values of other runs are of other examples */
  readonly limited?: Limited;
  /** number of these without a gold label: predicted, but left out of the metrics */
  readonly unlabelled?: number;
  /** number of examples that could not be scored and were left out (`--on-error skip`); not included in `examples` */
  readonly skipped?: number;
  readonly metrics: readonly MetricResult[];
  /** number of examples whose two best answers have the same score */
  readonly ties: number;
  /**
   * number of examples with two answers, of different labels or texts, that have the same tokens and so always the same
   * score; absent if there are none
   */
  readonly sameTokens?: number;
  /** number of examples whose text was truncated to fit */
  readonly truncated: number;
  /** number of few-shot examples before each question, if any */
  readonly fewshot?: number;
  /** number of questions scored with fewer few-shot examples, to make their text fit */
  readonly shotsDropped?: number;
  /** whether the end-of-piece token is included in the scores */
  readonly endOfPiece: boolean;
  readonly normalization: Normalization;
  /** how the scores were calibrated, if they were */
  readonly calibration?: Calibration;
  /** how the scores of a label's words were combined, if a label has several */
  readonly aggregate?: "max" | "mean" | "sum";
  /** the prior, whose logarithm was added to the labels' scores, if the task has one */
  readonly prior?: readonly { readonly label: string; readonly probability: number }[];
  /** for tasks with labels */
  readonly confusion?: Confusion;
  /** for tasks whose labels have scores */
  readonly reliability?: Reliability;
}

/** Which of a split's examples were scored. */
export interface Limited {
  /** as requested: the maximum number, or below 1 the fraction */
  readonly limit: number;
  readonly by: "first" | "random" | "stratified";
  /** where they were drawn */
  readonly seed?: number;
}

/**
 * How an answer's token log-probabilities become its score: their sum (sum), or their sum divided by the number of scored
 * tokens (mean), of the answer's own tokens (tokens), or of the characters or UTF-8 bytes of its text.
 */
export type Normalization = "sum" | "mean" | "tokens" | "chars" | "bytes";

/** How the answers are scored without the text: on content-free inputs (Zhao et al. 2021), or the domain's premise (Holtzman et al. 2021). */
export type Calibration = "contextual" | "pmi";

/** The score of a suite of tasks. */
export interface SuiteResult {
  /** "superglue" */
  readonly name: string;
  readonly title: string;
  /** by the suite's own rule; null unless all its tasks ran, with one pattern each */
  readonly score: number | null;
}

/** The run's model compared with a baseline by one metric of one task and pattern; the difference is the run's model minus the baseline. */
export type TaskComparison = PairedComparison & { readonly task: string; readonly pattern: string };

/** The results of another model on the same questions. */
export interface BaselineResults {
  /** folder name or hub name, as the user gave it */
  readonly model: string;
  readonly modelNote?: string;
  /** how it fills a blank: "infill", "masked", … */
  readonly family: string;
  readonly protocol: string;
  /** "failed" if it could not run at all; earlier results stay in `tasks` */
  readonly status: "done" | "failed";
  /** why it failed, and what to do */
  readonly message?: string;
  readonly tasks: readonly TaskResult[];
  readonly suites: readonly SuiteResult[];
  /** for every metric that both models have */
  readonly comparisons: readonly TaskComparison[];
}

/** Everything that a report needs: written as results.json, and read by later reports. */
export interface RunResults {
  readonly schema: 3;
  /** folder name or hub name of the model, as the user gave it */
  readonly model: string;
  /** e.g. "a small model trained for this project: its accuracy says nothing about published GLMs" */
  readonly modelNote?: string;
  /** how the model fills a blank: "infill", "masked", … */
  readonly family: string;
  readonly protocol: string;
  readonly split: string;
  /** whether the data is the bundled sample (unlike published rows, which are on the official sets) */
  readonly sampleData: boolean;
  readonly tasks: readonly TaskResult[];
  readonly suites: readonly SuiteResult[];
  /** in the order of their columns; empty if the model ran alone */
  readonly baselines: readonly BaselineResults[];
}
