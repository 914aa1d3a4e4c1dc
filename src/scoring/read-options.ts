import type { ExportConfig, ExportFamily } from "../models/export/index.js";
import type { ReadOptions } from "./scorer.js";

/** What models without a number of positions were trained with (T5; BLOOM): they read more, but were never seen to. */
const TRAINED_LENGTH: Record<ExportFamily, number> = { masked: 512, seq2seq: 512, causal: 2048 };

/** What a model may read: what is asked for, at most its positions. */
export function readOptionsOf(
  { family, maxLength: positions }: Pick<ExportConfig, "family" | "maxLength">,
  { maxLength, truncation = "glm" }: Partial<ReadOptions>,
): ReadOptions {
  const wanted = maxLength ?? positions ?? TRAINED_LENGTH[family];
  return { maxLength: Math.min(wanted, positions ?? Number.POSITIVE_INFINITY), truncation };
}
