import type { Family } from "./reader.js";

/**
 * Training lengths of models without a fixed number of positions (T5; BLOOM): they accept more, but were never
 * trained on it.
 */
const TRAINED_LENGTH: Record<Exclude<Family, "infill">, number> = { masked: 512, seq2seq: 512, causal: 2048 };

/** Returns the maximum number of tokens of text and one answer: the requested length, up to the model's positions. */
export function getLengthLimit(
  {
    family,
    maxLength: positions,
  }: { readonly family: Exclude<Family, "infill">; readonly maxLength: number | undefined },
  wanted: number | undefined,
): number {
  return Math.min(wanted ?? positions ?? TRAINED_LENGTH[family], positions ?? Number.POSITIVE_INFINITY);
}

/** Makes a note if the limit is less than requested. */
export function makeLimitNotes(limit: number, wanted: number | undefined): string[] {
  if (wanted === undefined || wanted <= limit) return [];
  return [
    `The model has only ${limit} positions, less than the requested length of ${wanted}; using ${limit}.`,
  ];
}
