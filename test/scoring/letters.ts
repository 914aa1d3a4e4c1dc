import type { JsonTokenizer } from "../../src/models/tokenizers/index.js";

export const [PAD, UNKNOWN, CLS, SEP, MASK, SPACE] = [0, 1, 2, 3, 4, 5] as const;

/** A tokenizer with one token a letter (10 for "a"), frames like BERT's. */
export const letters: JsonTokenizer = {
  special: { pad: PAD, unk: UNKNOWN, mask: MASK, sentinels: [] },
  frame: { before: [CLS], between: [SEP], after: [SEP], typeOfB: 1 },
  size: 40,
  encode: (text) =>
    [...text].map((c) => (c === " " ? SPACE : /[a-z]/.test(c) ? c.charCodeAt(0) - 87 : UNKNOWN)),
  token: (id) => (id < 10 ? `<${id}>` : String.fromCharCode(id + 87)),
  hash: "",
};
