import { type ExportFolder, MODEL_GROUPS } from "../models/export/index.js";
import { lengthLimit, limitNotes } from "./length-limit.js";
import type { Decoding } from "./masked/decoding.js";
import type { ReaderOptions } from "./model-options.js";
import type { Reading } from "./preview.js";
import { truncationOf } from "./protocol.js";
import type { PreparedQuestion } from "./reader.js";

/** What a reader of an export has. */
export type ExportText = Pick<ExportFolder, "config" | "tokenizer">;

export type ExportReaderOptions = Pick<ReaderOptions, "maxLength" | "truncation" | "protocol">;

/** What the readers of exports have in common, whatever their family. */
export function exportReading(
  { config, tokenizer }: ExportText,
  options: ExportReaderOptions,
  decoding?: Decoding,
): Omit<Reading<PreparedQuestion>, "read" | "reads"> {
  const { family, modelType, vocabSize } = config;
  const { sentinels, ...special } = tokenizer.special;
  const maxLength = lengthLimit(config, options.maxLength);
  const stated = MODEL_GROUPS.find(({ types }) => types.includes(modelType))?.family;
  const asAsked = `A ${modelType} is a ${stated} model; it is read as a ${family} one, as was asked.`;
  return {
    facts: {
      family,
      architecture: modelType,
      vocabSize,
      maxLength,
      truncation: truncationOf(options),
      decoding,
      specialTokens: { ...special, ...(sentinels[0] !== undefined && { sentinel: sentinels[0] }) },
      tokenizerSha256: tokenizer.hash,
    },
    notes: [
      ...(stated !== undefined && stated !== family ? [asAsked] : []),
      ...limitNotes(maxLength, options.maxLength),
    ],
    unknown: special.unk,
    encode: (text, { first }) => tokenizer.encode(text, { first }),
    token: (id) => tokenizer.token(id),
  };
}
