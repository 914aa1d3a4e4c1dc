import type { ExportFamily } from "../../src/models/export/index.js";
import type { JsonTokenizer } from "../../src/models/tokenizers/index.js";
import type { ExportText } from "../../src/scoring/index.js";

export const [PAD, UNKNOWN, CLS, SEP, MASK, SPACE] = [0, 1, 2, 3, 4, 5] as const;

/** A tokenizer with one token per letter (10 for "a") and frames like BERT's. */
export const letters: JsonTokenizer = {
  special: { pad: PAD, unk: UNKNOWN, mask: MASK, sentinels: [] },
  frame: { before: [CLS], between: [SEP], after: [SEP], typeOfB: 1 },
  size: 40,
  encode: (text) =>
    [...text].map((c) => (c === " " ? SPACE : /[a-z]/.test(c) ? c.charCodeAt(0) - 87 : UNKNOWN)),
  token: (id) => (id < 10 ? `<${id}>` : String.fromCharCode(id + 87)),
  hash: "",
};

/** Makes a model of a family that reads letters and has a thousand positions. */
export function lettersModel(
  family: ExportFamily,
  tokenizer: JsonTokenizer = letters,
  config: Partial<ExportText["config"]> = {},
): ExportText {
  const shape = { layers: 1, hidden: 2, heads: 2, vocabSize: letters.size, maxLength: 1000, tied: false };
  return { config: { modelType: "toy", family, ...shape, ...config }, tokenizer };
}
