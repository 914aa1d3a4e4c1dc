import { ACCENT, CONTROL, PUNCTUATION } from "./unicode.js";

const DROPPED = new RegExp(`[${CONTROL}]+`, "gu");
const ACCENTS = new RegExp(`[${ACCENT}]+`, "gu");
const WHITE_SPACE = /\p{White_Space}/gu;

/** A token of its own in BERT's basic tokenizer. */
export const PUNCTUATION_MARK = new RegExp(`[${PUNCTUATION}]`, "gu");

/** Ideographs as the Rust `tokenizers` lists them, its slip (2B920 for 2B820) included. */
const CHINESE =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;

/**
 * What the reference decomposes: the first plane, and beyond it what had a decomposition when the reference's tables
 * were made. The rest is left alone, or ids would change with the Unicode version of the Node that runs.
 */
const DECOMPOSABLE =
  /[\0-\uffff\u{1109a}\u{1109c}\u{110ab}\u{1112e}\u{1112f}\u{1134b}\u{1134c}\u{114bb}\u{114bc}\u{114be}\u{115ba}\u{115bb}\u{1d15e}-\u{1d164}\u{1d1bb}-\u{1d1c0}\u{2f800}-\u{2fa1d}]+/gu;

export interface BertNormalizer {
  /** drops control characters, makes every white space a space */
  readonly cleanText: boolean;
  readonly lowerCase: boolean;
  readonly stripAccents: boolean;
  readonly splitChinese: boolean;
}

/**
 * BERT's normaliser, up to where punctuation is split off. Done here and not by the library, whose own lower-cases before it
 * strips accents (İ), makes final sigmas, and takes characters beyond U+FFFF by halves.
 */
export function bertNormalize(text: string, options: BertNormalizer): string {
  let out = text;
  if (options.cleanText) out = out.replace(DROPPED, "").replace(WHITE_SPACE, " ");
  if (options.splitChinese) out = out.replace(CHINESE, " $& ");
  if (options.stripAccents) {
    out = out.replace(DECOMPOSABLE, (run) => run.normalize("NFD")).replace(ACCENTS, "");
  }
  return options.lowerCase ? lowerCase(out) : out;
}

/** Each character lower-cases on its own: toLowerCase() would turn the sigma that ends a word into ς. */
export function lowerCase(text: string): string {
  return text.replaceAll("Σ", "σ").toLowerCase();
}
