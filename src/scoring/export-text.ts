import { type ExportFolder, MODEL_GROUPS } from "../models/export/index.js";
import { getLengthLimit, makeLimitNotes } from "./length-limit.js";
import type { Decoding } from "./masked/decoding.js";
import type { ReaderOptions } from "./model-options.js";
import type { Reading } from "./preview.js";
import { chooseTruncation } from "./protocol.js";
import type { PreparedQuestion } from "./reader.js";

/** What a reader of an export works with. */
export type ExportText = Pick<ExportFolder, "config" | "tokenizer">;

export type ExportReaderOptions = Pick<ReaderOptions, "maxLength" | "truncation" | "protocol">;

/** Makes the parts that readers of exports have in common in all families. */
export function makeExportReading(
  { config, tokenizer }: ExportText,
  options: ExportReaderOptions,
  decoding?: Decoding,
): Omit<Reading<PreparedQuestion>, "read" | "reads"> {
  const { family, modelType, vocabSize } = config;
  const { sentinels, ...special } = tokenizer.special;
  const maxLength = getLengthLimit(config, options.maxLength);
  const stated = MODEL_GROUPS.find(({ types }) => types.includes(modelType))?.family;
  const overridden = `A ${modelType} is a ${stated} model; it is used as a ${family} model, as requested.`;
  return {
    facts: {
      family,
      architecture: modelType,
      vocabSize,
      maxLength,
      truncation: chooseTruncation(options),
      decoding,
      specialTokens: { ...special, ...(sentinels[0] !== undefined && { sentinel: sentinels[0] }) },
      tokenizerSha256: tokenizer.hash,
    },
    notes: [
      ...(stated !== undefined && stated !== family ? [overridden] : []),
      ...makeLimitNotes(maxLength, options.maxLength),
    ],
    unknown: special.unk,
    encode: (text, { first }) => tokenizer.encode(text, { first }),
    token: (id) => tokenizer.token(id),
  };
}
