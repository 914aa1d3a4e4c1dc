import { type ExportFolder, MODEL_GROUPS } from "../models/export/index.js";
import { getLengthLimit, getLimitNotes } from "./length-limit.js";
import type { Decoding } from "./masked/decoding.js";
import type { ReaderOptions } from "./model-options.js";
import type { Reading } from "./preview.js";
import { chooseTruncation } from "./protocol.js";
import type { PreparedQuestion } from "./reader.js";

/** The parts of an export that its reader uses. */
export type ExportText = Pick<ExportFolder, "config" | "tokenizer">;

export type ExportReaderOptions = Pick<ReaderOptions, "maxLength" | "truncation" | "protocol">;

/** Makes what the readers of exports of all families have in common. */
export function makeExportReading(
  { config, tokenizer }: ExportText,
  options: ExportReaderOptions,
  decoding?: Decoding,
): Omit<Reading<PreparedQuestion>, "read" | "reads"> {
  const { family, modelType, vocabSize } = config;
  const { sentinels, ...special } = tokenizer.special;
  const maxLength = getLengthLimit(config, options.maxLength);
  const stated = MODEL_GROUPS.find(({ types }) => types.includes(modelType))?.family;
  const familyNote = `A ${modelType} model belongs to the ${stated} family; it is read as ${family}, as requested.`;
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
      ...(stated !== undefined && stated !== family ? [familyNote] : []),
      ...getLimitNotes(maxLength, options.maxLength),
    ],
    unknown: special.unk,
    encode: (text, { first }) => tokenizer.encode(text, { first }),
    token: (id) => tokenizer.token(id),
  };
}
