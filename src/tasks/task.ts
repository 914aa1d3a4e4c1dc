import type { FilePosition } from "../findings.js";
import type { Metric } from "../metrics/index.js";
import type { ClozeQuestion, Part } from "../patterns/index.js";

/** One example of a data set, as its reader made it. */
export interface Example {
  /** stable, and unique within its split */
  readonly id: string;
  /** the columns that templates may use */
  readonly fields: Readonly<Record<string, unknown>>;
  /** the gold label, one of the task's labels; undefined in unlabeled data and if the answers are free text */
  readonly label?: string;
  /** the gold strings, if answers come from the data (ReCoRD) */
  readonly gold?: readonly string[];
  /** the index of the gold answer among its question's answers, from 0, if the data gives that instead */
  readonly goldIndex?: number;
  /** examples judged together: the question of a MultiRC answer, the pair of an AX-g example */
  readonly group?: string;
  /** examples that are not independent: the passage, for MultiRC and ReCoRD */
  readonly cluster?: string;
}

/** How the scores of a question's answers become a prediction. */
export type Decision =
  /** the label (or text) of the best answer */
  | "best"
  /** the second label if the first answer is the best, otherwise the first label (WSC with candidates) */
  | "first"
  /** the second label if every token of the only answer and the end-of-piece token are arg maxes, otherwise the first */
  | "greedy";

/** How the scores of a label's words become the label's: see the runner's `aggregateScores`. */
export type Aggregate = "max" | "mean" | "sum";

/**
 * The scores that an example's are calibrated by, which do not depend on the example: "contextual", with content-free text in
 * its place (Zhao et al. 2021, "Calibrate Before Use"); "pmi", with the pattern's premise (Holtzman et al. 2021, "Surface Form
 * Competition").
 */
export type CalibrationKind = "contextual" | "pmi";

/** A few-shot example: a pattern with its blank filled in, shown before a question. */
export type Shot = readonly Part[];

/** A pattern of a task: one way to phrase its question. */
export interface TaskPattern {
  readonly id: string;
  /** where it is in its task file */
  readonly position: FilePosition;
  /** the template as written */
  readonly source: string;
  /** the template of the text that remains without the example; undefined if the task file has none */
  readonly premise?: string | undefined;
  readonly decision: Decision;
  /** the protocol's normalization of a multi-token score for this pattern: WSC divides by the number of tokens */
  readonly normalization: "sum" | "mean";
  /** set by the pattern, otherwise by the task; undefined if by neither */
  readonly aggregate?: Aggregate;
  /**
   * Renders the question of an example, after the shots.
   * @throws FindingError with file, pattern and example
   */
  question(example: Example, shots?: readonly Shot[]): ClozeQuestion;
  /**
   * Renders the questions whose scores calibrate those of an example. Each has as many clozes as the example's own question,
   * with the same answers in the same order; equal ones have the same id, "boolq/p4/~pmi/0123456789ab", so a question that
   * many examples share needs to be scored only once.
   * - "contextual": one for each content-free input, "N/A", "[MASK]" (plain text, never the blank) and "": the question
   *   with each part that may be cut replaced by it, after the shots.
   * - "pmi": one, the pattern's premise. It has no shots before it, as in Holtzman et al.'s code.
   *
   * A "greedy" decision does not use scores, so calibration does not change it.
   * @throws FindingError with file and pattern if the pattern has no premise, or no part that may be cut; with the example
   *   too if that cannot be rendered
   */
  calibration(kind: CalibrationKind, example: Example, shots?: readonly Shot[]): ClozeQuestion[];
  /**
   * Renders an example with its gold answer in the blank, to be shown before other examples' questions; undefined if the
   * example has no gold answer for this pattern.
   * @throws FindingError with file, pattern and example
   */
  shot(example: Example): Shot | undefined;
}

/** How data files given as URLs are downloaded. */
export interface DataDownloads {
  /** use only files in the cache */
  readonly offline?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** amounts are bytes; `total` is undefined if the server does not report it */
  readonly onProgress?:
    | ((progress: {
        readonly url: string;
        readonly received: number;
        readonly total: number | undefined;
      }) => void)
    | undefined;
  /** called with a sentence to report if a URL was not simply downloaded */
  readonly onNote?: ((note: string) => void) | undefined;
  /** where downloads are stored; default: `data` in the cache folder */
  readonly folder?: string | undefined;
}

/** A data set on the Hugging Face hub with a task's examples. */
export interface HubData {
  /** OWNER/NAME */
  readonly dataset: string;
  /** the config's name, which is also its folder's */
  readonly config: string;
  /** the hub's names for splits that have another name there: { validation: "test" } */
  readonly splits?: Readonly<Record<string, string>> | undefined;
}

/**
 * The layout of a data set's rows: that of its authors, or that of its copy on the hub, where labels are class numbers and
 * nested records are flat.
 */
export type DataLayout = "official" | "hub";

/** Which part of the data: a split (default: "validation") in a folder. */
export interface SplitOptions {
  readonly root: string;
  readonly split?: string | undefined;
}

/** A metric from a user's module. */
export interface MetricModule {
  /** the name that the metric exports */
  readonly name: string;
  /** absolute path */
  readonly file: string;
  /** sha256 of the module, hex */
  readonly hash: string;
  readonly metric: Metric;
}

/** A task file that was read and checked: its patterns, and where its data is. */
export interface Task {
  /** "boolq" */
  readonly name: string;
  readonly title: string;
  readonly file: string;
  /** sha256 of the task file, hex */
  readonly hash: string;
  /** the module that makes the examples, if the task names one, with its sha256 in hex */
  readonly reader?: { readonly file: string; readonly hash: string };
  /** in class order; empty if the prediction is a text */
  readonly labels: readonly string[];
  /** the prior probability of each label, in class order; undefined if the task has none */
  readonly prior?: readonly number[];
  /** the names of its metrics, built-in ones and those of the modules below */
  readonly metrics: readonly string[];
  /** the metrics that are users' modules, in the order of `metrics` */
  readonly metricModules: readonly MetricModule[];
  /** where each of `metrics` is in the task file, in their order */
  readonly metricPositions?: readonly FilePosition[];
  readonly patterns: readonly TaskPattern[];
  /** id of the pattern that a run uses by default (for built-in tasks, the published default of GLM's scripts) */
  readonly defaultPattern: string;
  /**
   * The possible names of each split's data file, relative to the data folder: { validation: ["BoolQ/val.jsonl"] }.
   * The first that exists is read.
   */
  readonly dataFiles: Readonly<Record<string, readonly string[]>>;
  /**
   * The data set on the hub with the same examples, if the task file names one: copies of it are also found in the data
   * folder.
   */
  readonly hub?: HubData;
  /**
   * Returns the absolute path of a split's file (the first of several shards) under `root`, or the URL that it can be
   * downloaded from; undefined if there is none (the run reports it and continues).
   */
  find(options: SplitOptions): string | undefined;
  /**
   * Reads a split.
   * @throws GlmEvalError (data) for the first error, with file and line; (usage) for a split that does not exist
   */
  load(options: LoadOptions): Promise<Dataset>;
}

/** How examples are chosen if there is a limit: in the file's order, at random, or at random in the proportions of the gold labels. */
export type LimitBy = "first" | "random" | "stratified";

/** How many of a split's examples are used, and which. */
export interface LimitOptions {
  /** at most this many examples; below 1: this fraction of the split, rounded up */
  readonly limit?: number | undefined;
  /** default "first" */
  readonly limitBy?: LimitBy | undefined;
  /** for "random" and "stratified" (default 0): another seed draws other examples */
  readonly limitSeed?: number | undefined;
}

/** Which examples are read. */
export interface LoadOptions extends SplitOptions, LimitOptions {
  readonly downloads?: DataDownloads;
}

/** The examples of a split, and where they were read from. */
export interface Dataset {
  /** absolute path (for several shards, of the first), or the URL that it was downloaded from */
  readonly file: string;
  /** sha256 of the data file, hex; for several shards, of their bytes in order */
  readonly hash: string;
  /** undefined if the task's data has only one layout */
  readonly layout?: DataLayout;
  /** in the order of the file */
  readonly examples: readonly Example[];
  /** whether a limit left out some of the split's examples */
  readonly isPart?: boolean;
  /** warnings about the data, one line per kind; the examples can still be scored */
  readonly warnings?: readonly string[];
}
