/**
 * How a family of encoder-decoders reads a blank: the token in its place, and what the decoder reads around the
 * answer.
 */
export interface Framing {
  /** the token in the encoder's text that represents the blank */
  readonly blank: number;
  /**
   * returns the decoder's tokens before an answer, and those that close it: the last of them is predicted, never read
   */
  decoder(left: readonly number[], right: readonly number[]): DecoderFrame;
}

export interface DecoderFrame {
  readonly before: readonly number[];
  readonly closing: readonly number[];
}
