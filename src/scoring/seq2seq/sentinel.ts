import type { Framing } from "./framing.js";

/**
 * T5's span corruption (Raffel et al., JMLR 2020, §3.1.4): the encoder reads the text with <extra_id_0> for the blank,
 * and the decoder writes `<extra_id_0> answer <extra_id_1>`: each span follows its sentinel, and the next sentinel ends
 * it.
 */
export function sentinelFraming({
  start,
  blank,
  closing,
}: {
  readonly start: number;
  readonly blank: number;
  readonly closing: number;
}): Framing {
  return { blank, decoder: () => ({ before: [start, blank], closing: [closing] }) };
}
