import { Tokenizer as LibraryTokenizer } from "@huggingface/tokenizers";
import { GlmEvalError } from "../../errors.js";
import type { TokenizerConfig } from "./config.js";
import type { TokenizerFolder } from "./files.js";
import { ACCENT, CONTROL, PUNCTUATION } from "./unicode.js";
import type { Vocabulary } from "./vocabulary.js";

const DROPPED = new RegExp(`[${CONTROL}]+`, "gu");
const ACCENTS = new RegExp(`[${ACCENT}]+`, "gu");
const PUNCTUATION_MARK = new RegExp(`[${PUNCTUATION}]`, "gu");
const WHITE_SPACE = /\p{White_Space}/gu;

/** Ideographs as the Rust `tokenizers` lists them, its slip (2B920 for 2B820) included. */
const CHINESE =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;

/**
 * What the reference decomposes: the first plane, and beyond it what had a decomposition when the reference's tables
 * were made. The rest is left alone, or ids would change with the Unicode version of the Node that runs.
 */
const DECOMPOSABLE =
  /[\0-\uffff\u{1109a}\u{1109c}\u{110ab}\u{1112e}\u{1112f}\u{1134b}\u{1134c}\u{114bb}\u{114bc}\u{114be}\u{115ba}\u{115bb}\u{1d15e}-\u{1d164}\u{1d1bb}-\u{1d1c0}\u{2f800}-\u{2fa1d}]+/gu;

interface BasicTokenizer {
  readonly lowerCase: boolean;
  readonly stripAccents: boolean;
  readonly splitChinese: boolean;
}

/**
 * BERT's basic tokenizer: the words and punctuation marks of a text, separated by spaces. Done here and not by the
 * library, whose own normaliser lower-cases before it strips accents (İ), makes final sigmas, and takes characters
 * beyond U+FFFF by halves.
 */
function basicTokens(text: string, options: BasicTokenizer): string {
  let out = text.replace(DROPPED, "").replace(WHITE_SPACE, " ");
  if (options.splitChinese) out = out.replace(CHINESE, " $& ");
  if (options.stripAccents) {
    out = out.replace(DECOMPOSABLE, (run) => run.normalize("NFD")).replace(ACCENTS, "");
  }
  // Each character lower-cases on its own: toLowerCase() would turn the sigma that ends a word into ς.
  if (options.lowerCase) out = out.replaceAll("Σ", "σ").toLowerCase();
  return out.replace(PUNCTUATION_MARK, " $& ");
}

/** The ids of vocab.txt: a token's id is its line, counted from 0. */
function readVocabulary(text: string, file: string): Map<string, number> {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const ids = new Map<string, number>();
  for (const [id, line] of lines.entries()) {
    const token = line.replace(/\p{White_Space}+$/u, "");
    const first = ids.get(token);
    if (first !== undefined) {
      throw new GlmEvalError(
        "data",
        `${file}, line ${id + 1}: token ${JSON.stringify(token)} stands on line ${first + 1} already, expected each token once`,
      );
    }
    ids.set(token, id);
  }
  return ids;
}

/** BERT's vocab.txt: basic tokenizer, then the longest known piece from the left, "##" before all but the first. */
export async function readWordPiece(folder: TokenizerFolder, config: TokenizerConfig): Promise<Vocabulary> {
  const ids = readVocabulary(await folder.text("vocab.txt"), folder.file("vocab.txt"));
  const unknown = config.token("unk_token") ?? "[UNK]";
  if (!ids.has(unknown)) {
    throw new GlmEvalError(
      "data",
      `${folder.file("vocab.txt")} has ${ids.size} tokens but not ${unknown}, the token for unknown words`,
      { hint: "vocab.txt holds one token a line, as BERT's." },
    );
  }
  const lowerCase = config.flag("do_lower_case") ?? true;
  const settings: BasicTokenizer = {
    lowerCase,
    stripAccents: config.flag("strip_accents") ?? lowerCase,
    splitChinese: config.flag("tokenize_chinese_chars") ?? true,
  };
  const tokenizer = new LibraryTokenizer(
    {
      normalizer: null,
      pre_tokenizer: { type: "WhitespaceSplit" },
      model: {
        type: "WordPiece",
        vocab: Object.fromEntries(ids),
        unk_token: unknown,
        continuing_subword_prefix: "##",
        max_input_chars_per_word: 100,
      },
      post_processor: null,
      decoder: null,
      added_tokens: [],
    },
    {},
  );
  return {
    family: "wordpiece",
    ids,
    encode: (text) => tokenizer.encode(basicTokens(text, settings)).ids,
    settings: { ...settings, unknown },
  };
}
