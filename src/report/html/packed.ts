/**
 * The format of the examples in the page: an index, with which every filter is evaluated, and chunks of examples, which
 * the page parses only when they are shown or searched. Shared with the script in page/.
 */

/** `<script id="examples-index">` */
export interface ExamplesIndex {
  readonly count: number;
  /** examples per chunk; chunk k is `<script id="examples-k">`, an array of `PackedExample` */
  readonly chunk: number;
  readonly models: readonly string[];
  /** examples of one task and pattern are contiguous, in this order */
  readonly groups: readonly PackedGroup[];
  /**
   * for each model, one character per example: "1" right, "0" wrong, "?" if no gold answer is known, "-" if the model has
   * no result
   */
  readonly outcomes: readonly string[];
  /** one character per example: "1" if two models predict different answers */
  readonly disagree: string;
}

export interface PackedGroup {
  readonly task: string;
  readonly pattern: string;
  readonly from: number;
  readonly count: number;
}

export interface PackedExample {
  readonly id: string;
  readonly text: string;
  /** the gold label or texts; empty if unknown */
  readonly gold: readonly string[];
  /** text, and label if it maps to one; from the first model with a result */
  readonly answers: readonly PackedAnswer[];
  /** for each model of the index */
  readonly models: readonly (PackedModel | null)[];
}

/** text, and the label that it maps to */
export type PackedAnswer = readonly [text: string] | readonly [text: string, label: string];

export interface PackedModel {
  readonly predicted: string;
  /** for each answer: score, tokens, their log-probabilities, and those of its closing */
  readonly scores: readonly (readonly [
    score: number,
    tokens: readonly string[],
    logProbs: readonly number[],
    closing: readonly number[],
  ])[];
  /** label and log score, after aggregation, calibration and prior */
  readonly labels?: readonly (readonly [label: string, score: number])[];
  /** if this model's question differs from the first model's */
  readonly text?: string;
  readonly answers?: readonly PackedAnswer[];
  readonly tie?: 1;
  /** number of tokens truncated from the text */
  readonly cut?: number;
  readonly fewshot?: readonly string[];
  readonly shotsDropped?: number;
}
