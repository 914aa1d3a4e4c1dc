/** One piece of a rendered pattern. Each text part is tokenised on its own; the ids are concatenated. */
export type Part =
  | {
      readonly kind: "text";
      readonly text: string;
      readonly shortenable: boolean;
      /** of which few-shot example it is a part, from 0; undefined for the question itself */
      readonly shot?: number;
    }
  /** where the answer goes: exactly one in a pattern */
  | { readonly kind: "blank" }
  /** `||`: what follows belongs to segment B (token types of BERT; the truncation rule of GLM) */
  | { readonly kind: "segment" };

/** A pattern with an example in it: text around one blank. */
export interface RenderedPattern {
  readonly parts: readonly Part[];
  /** whether a space stood before the blank; it belongs to the answer (" Yes"), not to the text before it */
  readonly spaceBeforeBlank: boolean;
}

/** One string that may fill the blank, with its leading space where it has one. */
export interface Answer {
  readonly text: string;
  /** the label that it stands for; undefined where the answer itself is the prediction (ReCoRD) */
  readonly label?: string;
}

/** One text and the answers that may fill its blank. */
export interface Cloze {
  readonly pattern: RenderedPattern;
  readonly answers: readonly Answer[];
}

/**
 * What is asked of the model for one example and one pattern. Nearly always one cloze; several where each
 * candidate changes the text itself (COPA's pattern p2). All answers of all clozes compete with each other.
 */
export interface ClozeQuestion {
  /** unique in a run: "boolq/p4/17" */
  readonly id: string;
  readonly clozes: readonly Cloze[];
  /** "words": the fixed words of a verbalizer; "texts": answers from the data (matters for the end-of-piece rule) */
  readonly answerKind: "words" | "texts";
}
