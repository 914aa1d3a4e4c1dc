/**
 * How the page holds its examples: an index, from which every filter is answered, and chunks of examples, which the page
 * reads only when they are looked at or searched. Shared with page/client.js.
 */

/** `<script id="examples-index">` */
export interface ExamplesIndex {
  readonly count: number;
  /** examples a chunk; chunk k is `<script id="examples-k">`, an array of `PackedExample` */
  readonly chunk: number;
  readonly models: readonly string[];
  /** examples of one task and pattern stand together, in this order */
  readonly groups: readonly PackedGroup[];
  /**
   * for each model one character an example: "1" right, "0" wrong, "?" where no gold answer is known, "-" where the
   * model was not asked
   */
  readonly outcomes: readonly string[];
  /** one character an example: "1" where two models predict different answers */
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
  /** the label, or the texts that are right; empty where none is known */
  readonly gold: readonly string[];
  /** text, and label where it stands for one; of the first model that was asked */
  readonly answers: readonly PackedAnswer[];
  /** for each model of the index */
  readonly models: readonly (PackedModel | null)[];
}

/** text, and the label that it stands for */
export type PackedAnswer = readonly [text: string] | readonly [text: string, label: string];

export interface PackedModel {
  readonly predicted: string;
  /** score, tokens, their log-probabilities, those of what closes the answer; for each answer */
  readonly scores: readonly (readonly [
    score: number,
    tokens: readonly string[],
    logProbs: readonly number[],
    closing: readonly number[],
  ])[];
  /** label and log score, after aggregation, calibration and prior */
  readonly labels?: readonly (readonly [label: string, score: number])[];
  /** where this model was asked otherwise than the first */
  readonly text?: string;
  readonly answers?: readonly PackedAnswer[];
  readonly tie?: 1;
  /** tokens cut from the text */
  readonly cut?: number;
  readonly fewshot?: readonly string[];
  readonly shotsDropped?: number;
}
