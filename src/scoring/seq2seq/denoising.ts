import type { Framing } from "./framing.js";

/**
 * BART's text infilling (Lewis et al., ACL 2020, §2.2): the encoder reads the text with one mask for the blank,
 * whatever the answer's length, and the decoder reproduces the complete text with the answer in it.
 */
export function denoisingFraming({
  start,
  mask,
  before,
  after,
}: {
  readonly start: number;
  readonly mask: number;
  /** the special tokens around a text */
  readonly before: readonly number[];
  readonly after: readonly number[];
}): Framing {
  return {
    blank: mask,
    decoder: (left, right) => ({ before: [start, ...before, ...left], closing: [...right, ...after] }),
  };
}
