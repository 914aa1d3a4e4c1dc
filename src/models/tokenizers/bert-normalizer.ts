import { ACCENT, CONTROL, PUNCTUATION } from "./unicode.js";

const DROPPED = new RegExp(`[${CONTROL}]+`, "gu");
const ACCENTS = new RegExp(`[${ACCENT}]+`, "gu");
const WHITE_SPACE = /\p{White_Space}/gu;

/** A character that is always a separate token in BERT's basic tokenizer. */
export const PUNCTUATION_MARK = new RegExp(`[${PUNCTUATION}]`, "gu");

/** Ideographs as listed in the Rust `tokenizers`, including its typo (2B920 for 2B820). */
const CHINESE =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;

/**
 * The characters that the reference decomposes: the first plane, plus those beyond it that had a decomposition when the
 * reference's tables were made. All others are left unchanged; otherwise ids would depend on the Unicode version of the
 * running Node.
 */
const DECOMPOSABLE =
  /[\0-\uffff\u{1109a}\u{1109c}\u{110ab}\u{1112e}\u{1112f}\u{1134b}\u{1134c}\u{114bb}\u{114bc}\u{114be}\u{115ba}\u{115bb}\u{1d15e}-\u{1d164}\u{1d1bb}-\u{1d1c0}\u{2f800}-\u{2fa1d}]+/gu;

export interface BertNormalizer {
  /** drops control characters and turns all white space into spaces */
  readonly cleanText: boolean;
  readonly lowerCase: boolean;
  readonly stripAccents: boolean;
  readonly splitChinese: boolean;
}

/**
 * BERT's normalizer, up to the point where punctuation is split off. Implemented here because the library's version
 * lower-cases before it strips accents (İ), produces final sigmas, and processes surrogate halves of characters beyond
 * U+FFFF separately.
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

/** Lower-cases each character independently: toLowerCase() would turn a word-final sigma into ς. */
export function lowerCase(text: string): string {
  return text.replaceAll("Σ", "σ").toLowerCase();
}
