/** One part of a rendered pattern. Each text part is tokenized separately; the ids are concatenated. */
export type Part =
  | {
      readonly kind: "text";
      readonly text: string;
      readonly shortenable: boolean;
      /** index of the few-shot example that it belongs to, from 0; undefined for the question itself */
      readonly shot?: number;
    }
  /** where the answer goes: exactly one in a pattern */
  | { readonly kind: "blank" }
  /** `||`: what follows belongs to segment B (token types of BERT; the truncation rule of GLM) */
  | { readonly kind: "segment" };

/** A pattern filled in with an example: text around one blank. */
export interface RenderedPattern {
  readonly parts: readonly Part[];
  /** whether the blank is preceded by a space; it belongs to the answer (" Yes"), not to the text before it */
  readonly spaceBeforeBlank: boolean;
}

/** One string that may fill the blank, including its leading space if it has one. */
export interface Answer {
  readonly text: string;
  /** the label that it maps to; undefined if the answer itself is the prediction (ReCoRD) */
  readonly label?: string;
}

/** One text and the answers that may fill its blank. */
export interface Cloze {
  readonly pattern: RenderedPattern;
  readonly answers: readonly Answer[];
}

/**
 * The question scored by the model for one example and one pattern. Nearly always one cloze; several if each candidate
 * changes the text itself (COPA's pattern p2). All answers of all clozes compete with each other.
 */
export interface ClozeQuestion {
  /** unique in a run: "boolq/p4/17" */
  readonly id: string;
  readonly clozes: readonly Cloze[];
  /** "words": the fixed words of a verbalizer; "texts": answers from the data (matters for the end-of-piece rule) */
  readonly answerKind: "words" | "texts";
}
