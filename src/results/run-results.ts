import type { Confusion, MetricResult, PairedComparison, Reliability } from "../metrics/index.js";

export type { Confusion, Reliability };

/** One task and pattern of a run. */
export interface TaskResult {
  readonly task: string;
  readonly title: string;
  readonly pattern: string;
  /** "ensemble": computed of the task's patterns; undefined for a pattern's own result */
  readonly kind?: "ensemble";
  readonly status: "done" | "missing" | "failed";
  /** why it is missing or failed, and what to do */
  readonly message?: string;
  /** examples scored (rows of the data after its reader) */
  readonly examples: number;
  /** those of them without a gold label: they are predicted, but left out of the metrics */
  readonly unlabelled?: number;
  /** examples that could not be asked, and were left out (`--on-error skip`): they are not among `examples` */
  readonly skipped?: number;
  readonly metrics: readonly MetricResult[];
  /** examples whose two best answers had the same score */
  readonly ties: number;
  /** examples whose text was cut to fit */
  readonly truncated: number;
  /** examples shown before each question, where any were */
  readonly fewshot?: number;
  /** questions that were asked with fewer, to make their text fit */
  readonly shotsDropped?: number;
  /** whether the end-of-piece token was counted in the scores */
  readonly endOfPiece: boolean;
  readonly normalization: Normalization;
  /** what the scores were calibrated by, where they were */
  readonly calibration?: Calibration;
  /** how the scores of a label's words were put together, where a label has several */
  readonly aggregate?: "max" | "mean" | "sum";
  /** what was added to the labels' scores, as its logarithm, where the task has a prior */
  readonly prior?: readonly { readonly label: string; readonly probability: number }[];
  /** of tasks with labels */
  readonly confusion?: Confusion;
  /** of tasks whose labels have scores */
  readonly reliability?: Reliability;
}

/**
 * How an answer's token log-probabilities become its score: added up (sum), or divided by the number of tokens that were
 * scored (mean), of the answer's own tokens (tokens), or of the characters or UTF-8 bytes of its text.
 */
export type Normalization = "sum" | "mean" | "tokens" | "chars" | "bytes";

/** What is known of the answers without the text: content-free inputs (Zhao et al. 2021), or the domain's premise (Holtzman et al. 2021). */
export type Calibration = "contextual" | "pmi";

/** The score of tasks that belong together. */
export interface SuiteResult {
  /** "superglue" */
  readonly name: string;
  readonly title: string;
  /** by the suite's own rule; null unless all its tasks ran, with one pattern each */
  readonly score: number | null;
}

/** The run's model against a baseline, by one metric of one task and pattern: the difference is the run's model's less the baseline's. */
export type TaskComparison = PairedComparison & { readonly task: string; readonly pattern: string };

/** Another model on the same questions. */
export interface BaselineResults {
  /** folder name or hub name, as the user gave it */
  readonly model: string;
  readonly modelNote?: string;
  /** how it reads a blank: "infill", "masked", … */
  readonly family: string;
  readonly protocol: string;
  /** failed where it could not be run at all: what it gave before stays in `tasks` */
  readonly status: "done" | "failed";
  /** why it failed, and what to do */
  readonly message?: string;
  readonly tasks: readonly TaskResult[];
  readonly suites: readonly SuiteResult[];
  /** for every metric that both models have */
  readonly comparisons: readonly TaskComparison[];
}

/** Everything that the report needs: written as results.json, and read back by later reports. */
export interface RunResults {
  readonly schema: 3;
  /** folder name or hub name of the model, as the user gave it */
  readonly model: string;
  /** e.g. "a small model trained for this project: its accuracy says nothing about published GLMs" */
  readonly modelNote?: string;
  /** how the model reads a blank: "infill", "masked", … */
  readonly family: string;
  readonly protocol: string;
  readonly split: string;
  /** whether the data is the bundled sample (published rows are on the official sets, which it is not) */
  readonly sampleData: boolean;
  readonly tasks: readonly TaskResult[];
  readonly suites: readonly SuiteResult[];
  /** in the order of their columns; empty where the model was run alone */
  readonly baselines: readonly BaselineResults[];
}
