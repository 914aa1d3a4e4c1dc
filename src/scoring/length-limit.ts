import type { Family } from "./reader.js";

/** Training lengths of models without a maximum number of positions (T5; BLOOM): they accept more, but were never trained on it. */
const TRAINED_LENGTH: Record<Exclude<Family, "infill">, number> = { masked: 512, seq2seq: 512, causal: 2048 };

/** Returns the maximum number of tokens of text and one answer together: the requested limit, at most the model's positions. */
export function getLengthLimit(
  {
    family,
    maxLength: positions,
  }: { readonly family: Exclude<Family, "infill">; readonly maxLength: number | undefined },
  requested: number | undefined,
): number {
  return Math.min(requested ?? positions ?? TRAINED_LENGTH[family], positions ?? Number.POSITIVE_INFINITY);
}

/** Returns a note if the limit is lower than requested. */
export function getLimitNotes(limit: number, requested: number | undefined): string[] {
  if (requested === undefined || requested <= limit) return [];
  return [
    `The model has ${limit} positions, less than the requested length of ${requested}; ${limit} is used.`,
  ];
}
