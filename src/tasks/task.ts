import type { FilePosition } from "../findings.js";
import type { Metric } from "../metrics/index.js";
import type { ClozeQuestion, Part } from "../patterns/index.js";

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
  /** the place of the gold answer among its question's answers, from 0, where the data gives that instead */
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
  /** the second label where the first answer is the best, else the first label (WSC with candidates) */
  | "first"
  /** the second label where every token of the only answer and the end-of-piece are arg maxes, else the first */
  | "greedy";

/** How the scores of a label's words become the label's: see the runner's `aggregateScores`. */
export type Aggregate = "max" | "mean" | "sum";

/**
 * What is known of the answers without the example: "contextual", under content-free text in its place (Zhao et al. 2021,
 * "Calibrate Before Use"); "pmi", under the pattern's premise (Holtzman et al. 2021, "Surface Form Competition").
 */
export type CalibrationKind = "contextual" | "pmi";

/** A pattern with its blank filled in, as an example that is shown before a question. */
export type Shot = readonly Part[];

/** One way in which a task asks its question. */
export interface TaskPattern {
  readonly id: string;
  /** where it stands in its task file */
  readonly position: FilePosition;
  /** the template as written */
  readonly source: string;
  /** the template of what remains without the example; undefined where the task file has none */
  readonly premise?: string | undefined;
  readonly decision: Decision;
  /** the protocol's normalisation of a multi-token score for this pattern: WSC divides by the number of tokens */
  readonly normalization: "sum" | "mean";
  /** as the pattern says, else the task; undefined where neither does */
  readonly aggregate?: Aggregate;
  /**
   * Renders the question of an example, after the shots.
   * @throws FindingError naming file, pattern and example
   */
  question(example: Example, shots?: readonly Shot[]): ClozeQuestion;
  /**
   * The questions whose scores an example's are calibrated by. Each has as many clozes as the example's own question, with
   * the same answers in the same order; equal ones have the same id, "boolq/p4/~pmi/0123456789ab", so that what is asked
   * for many examples alike need be scored only once.
   * - "contextual": one for each content-free input, "N/A", "[MASK]" (plain text, never the blank) and "": the question
   *   with each part that may be cut replaced by it, after the shots.
   * - "pmi": one, the pattern's premise. Shots do not stand before it, as in Holtzman et al.'s code.
   *
   * A "greedy" decision looks at no scores, so that calibration does not change it.
   * @throws FindingError naming file and pattern where the pattern has no premise, or no part that may be cut; and the
   *   example where that cannot be asked
   */
  calibration(kind: CalibrationKind, example: Example, shots?: readonly Shot[]): ClozeQuestion[];
  /**
   * An example with its gold answer in the blank, to be shown before other examples' questions; undefined where the
   * example has no gold answer for this pattern.
   * @throws FindingError naming file, pattern and example
   */
  shot(example: Example): Shot | undefined;
}

/** How data files that are addresses are downloaded. */
export interface DataDownloads {
  /** use only what is in the cache */
  readonly offline?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** amounts are bytes; `total` is undefined where the server does not say */
  readonly onProgress?:
    | ((progress: {
        readonly url: string;
        readonly received: number;
        readonly total: number | undefined;
      }) => void)
    | undefined;
  /** told in a sentence what one should know of an address that was not simply downloaded */
  readonly onNote?: ((note: string) => void) | undefined;
  /** where downloads lie: `data` in the cache folder unless given */
  readonly folder?: string | undefined;
}

/** A data set on the Hugging Face hub that has a task's examples. */
export interface HubData {
  /** OWNER/NAME */
  readonly dataset: string;
  /** the config's name, which is that of its folder */
  readonly config: string;
  /** the hub's names of splits that it calls otherwise: { validation: "test" } */
  readonly splits?: Readonly<Record<string, string>> | undefined;
}

/**
 * How the rows of a data set are laid out: as its makers published them, or as its copy on the hub has them, where labels are
 * class numbers and nested records are flat.
 */
export type DataLayout = "official" | "hub";

/** Which part of the data: a split ("validation" unless told otherwise) under a folder. */
export interface SplitOptions {
  readonly root: string;
  readonly split?: string | undefined;
}

/** A metric from a module of the user's own. */
export interface MetricModule {
  /** as the metric calls itself */
  readonly name: string;
  /** absolute path */
  readonly file: string;
  /** sha256 of the module, hex */
  readonly hash: string;
  readonly metric: Metric;
}

/** A task file, read and checked: its patterns, and where its data is. */
export interface Task {
  /** "boolq" */
  readonly name: string;
  readonly title: string;
  readonly file: string;
  /** sha256 of the task file, hex */
  readonly hash: string;
  /** the module that makes the examples, where the task has one of its own, with its sha256 in hex */
  readonly reader?: { readonly file: string; readonly hash: string };
  /** class order; empty where the prediction is a text */
  readonly labels: readonly string[];
  /** the probability of each label before the text is read, in class order; undefined where the task names none */
  readonly prior?: readonly number[];
  /** the names of its metrics: of those that come with the program, and of the modules' below */
  readonly metrics: readonly string[];
  /** the metrics that are modules of the user's own, in the order of `metrics` */
  readonly metricModules: readonly MetricModule[];
  /** where each of `metrics` is in the task file, in their order */
  readonly metricPositions?: readonly FilePosition[];
  readonly patterns: readonly TaskPattern[];
  /** id of the pattern that a run uses unless told otherwise (the published default of GLM's scripts) */
  readonly defaultPattern: string;
  /**
   * A split's data file, by the names it goes by, relative to the data folder: { validation: ["BoolQ/val.jsonl"] }.
   * The first that exists is read.
   */
  readonly dataFiles: Readonly<Record<string, readonly string[]>>;
  /**
   * The data set on the hub that holds the same examples, where the task file names one: copies of it are found under the
   * data folder too.
   */
  readonly hub?: HubData;
  /**
   * Absolute path of a split's file (the first of several shards) under `root`, or the address that it can be downloaded from; undefined where there
   * is none (the run says so and goes on).
   */
  find(options: SplitOptions): string | undefined;
  /**
   * Reads a split.
   * @throws GlmEvalError (data) made of the first error, naming file and line; (usage) for a split that there is not
   */
  load(options: LoadOptions): Promise<Dataset>;
}

/** How examples are chosen where there is a limit: in the file's order, at random, or at random in the proportions of the gold labels. */
export type LimitBy = "first" | "random" | "stratified";

/** How many of a split's examples are used, and which. */
export interface LimitOptions {
  /** at most this many examples; below 1: this fraction of the split, rounded up */
  readonly limit?: number | undefined;
  /** default "first" */
  readonly limitBy?: LimitBy | undefined;
  /** of "random" and "stratified" (default 0): another seed draws other examples */
  readonly limitSeed?: number | undefined;
}

/** Which examples are read. */
export interface LoadOptions extends SplitOptions, LimitOptions {
  readonly downloads?: DataDownloads;
}

/** A split as it was read. */
export interface Dataset {
  /** absolute path (of several shards, of the first), or the address that it was downloaded from */
  readonly file: string;
  /** sha256 of the data file, hex; of several shards, of their bytes in order */
  readonly hash: string;
  /** undefined where the task's data has one layout only */
  readonly layout?: DataLayout;
  /** in the order of the file */
  readonly examples: readonly Example[];
  /** whether a limit left out some of the split's examples */
  readonly isPart?: boolean;
  /** warnings about the data, one line per kind; the examples can be scored all the same */
  readonly warnings?: readonly string[];
}
