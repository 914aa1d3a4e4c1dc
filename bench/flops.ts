import type { GlmConfig } from "../src/models/glm/index.js";
import type { InfillQuestion } from "../src/scoring/index.js";
import { countTokens } from "../src/scoring/infill/infill-batch.js";

export interface Flops {
  /**
   * Model FLOPs: all layers for every token that is not padding (2·12h² for the linear layers, 4·h·n for attention
   * within the token's own question of n tokens), and 2·V·h for each target. A multiply-add counts two; norms,
   * activations and softmax count nothing.
   */
  readonly model: number;
  /** the same without what need not be computed: the last layer's dense and MLP (18h²) of tokens that are no targets */
  readonly needed: number;
}

/** Useful floating-point operations of one forward pass over questions. */
export function usefulFlops(questions: readonly InfillQuestion[], config: GlmConfig): Flops {
  const { layers, hidden: h, vocabSize } = config;
  let model = 0;
  let needed = 0;
  for (const question of questions) {
    const length = countTokens(question);
    const targets = length - question.context.length; // the start of piece and every answer token predict something
    const all = length * layers * (24 * h ** 2 + 4 * h * length) + targets * 2 * vocabSize * h;
    model += all;
    needed += all - (length - targets) * 2 * 9 * h ** 2;
  }
  return { model, needed };
}
