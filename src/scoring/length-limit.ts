import type { Family } from "./reader.js";

/** What models without a number of positions were trained with (T5; BLOOM): they read more, but were never seen to. */
const TRAINED_LENGTH: Record<Exclude<Family, "infill">, number> = { masked: 512, seq2seq: 512, causal: 2048 };

/** Most tokens of text and one answer together: what is asked for, at most the model's positions. */
export function lengthLimit(
  {
    family,
    maxLength: positions,
  }: { readonly family: Exclude<Family, "infill">; readonly maxLength: number | undefined },
  wanted: number | undefined,
): number {
  return Math.min(wanted ?? positions ?? TRAINED_LENGTH[family], positions ?? Number.POSITIVE_INFINITY);
}

/** What is to be told where less is read than was asked for. */
export function limitNotes(limit: number, wanted: number | undefined): string[] {
  if (wanted === undefined || wanted <= limit) return [];
  return [
    `The model has ${limit} positions: a length of ${wanted} is more than it can read, ${limit} is used.`,
  ];
}
