/** How a family of encoder-decoders fills a blank: the token in the blank, and the decoder's tokens around the answer. */
export interface Framing {
  /** the token for the blank in the encoder's text */
  readonly blank: number;
  /** Returns the decoder's tokens before an answer, and those that close it: the last of them is predicted, never read. */
  decoder(left: readonly number[], right: readonly number[]): DecoderFrame;
}

export interface DecoderFrame {
  readonly before: readonly number[];
  readonly closing: readonly number[];
}
