import type { ClozeQuestion } from "../patterns/index.js";

/** One row of a data set, after its reader. */
export interface Example {
  /** stable and unique in its split */
  readonly id: string;
  /** the columns that templates may name */
  readonly fields: Readonly<Record<string, unknown>>;
  /** the gold label, one of the task's labels; undefined in unlabelled data and where the answers are free text */
  readonly label?: string;
  /** the gold strings, where answers come from the data (ReCoRD) */
  readonly gold?: readonly string[];
  /** examples judged together: the question of a MultiRC answer, the pair of an AX-g example */
  readonly group?: string;
  /** examples that are not independent: the passage, for MultiRC and ReCoRD */
  readonly cluster?: string;
}

/** How the scores of a question's answers become a prediction. */
export type Decision =
  /** the label (or text) of the best answer */
  | "best"
  /** the second label where the first answer is the best, else the first label (WSC with candidates) */
  | "first"
  /** the second label where every token of the only answer and the end-of-piece are arg maxes, else the first */
  | "greedy";

export interface TaskPattern {
  readonly id: string;
  /** the template as written */
  readonly source: string;
  readonly decision: Decision;
  /** the protocol's normalisation of a multi-token score for this pattern: WSC divides by the number of tokens */
  readonly normalization: "sum" | "mean";
  /** Renders the question of an example. @throws GlmEvalError("data") naming file, pattern and example */
  question(example: Example): ClozeQuestion;
}

export interface Task {
  /** "boolq" */
  readonly name: string;
  readonly title: string;
  readonly file: string;
  /** sha256 of the task file, hex */
  readonly hash: string;
  /** class order; empty where the prediction is a text */
  readonly labels: readonly string[];
  readonly metrics: readonly string[];
  readonly patterns: readonly TaskPattern[];
  /** id of the pattern that a run uses unless told otherwise (the published default of GLM's scripts) */
  readonly defaultPattern: string;
  /**
   * A split's data file, by the names it goes by, relative to the data folder: { validation: ["BoolQ/val.jsonl"] }.
   * The first that exists is read.
   */
  readonly dataFiles: Readonly<Record<string, readonly string[]>>;
  /** Absolute path of a split's file under `root`, or undefined where there is none (the run says so and goes on). */
  find(options: { root: string; split?: string }): string | undefined;
  /**
   * Reads a split ("validation" unless told otherwise).
   * @throws GlmEvalError("data") naming file and line
   */
  load(options: { root: string; split?: string; limit?: number }): Promise<Dataset>;
}

export interface Dataset {
  readonly file: string;
  /** sha256 of the data file, hex */
  readonly hash: string;
  readonly examples: readonly Example[];
}
