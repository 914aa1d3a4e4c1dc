import { Tokenizer as LibraryTokenizer } from "@huggingface/tokenizers";
import { GlmEvalError } from "../../errors.js";
import { bertNormalize, PUNCTUATION_MARK } from "./bert-normalizer.js";
import type { TokenizerConfig } from "./tokenizer-config.js";
import type { TokenizerFolder } from "./tokenizer-folder.js";
import type { Vocabulary } from "./vocabulary.js";

interface BasicTokenizer {
  readonly lowerCase: boolean;
  readonly stripAccents: boolean;
  readonly splitChinese: boolean;
}

/** BERT's basic tokenizer: returns the words and punctuation marks of a text, separated by spaces. */
function splitBasicTokens(text: string, options: BasicTokenizer): string {
  return bertNormalize(text, { ...options, cleanText: true }).replace(PUNCTUATION_MARK, " $& ");
}

/** Reads the ids of vocab.txt: a token's id is its line number, counting from 0. */
function readVocabulary(text: string, file: string): Map<string, number> {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const ids = new Map<string, number>();
  for (const [id, line] of lines.entries()) {
    const token = line.replace(/\p{White_Space}+$/u, "");
    const first = ids.get(token);
    if (first !== undefined) {
      throw new GlmEvalError(
        "tokenizer-damaged",
        `${file}, line ${id + 1}: token ${JSON.stringify(token)} is already on line ${first + 1}; each token must appear only once`,
      );
    }
    ids.set(token, id);
  }
  return ids;
}

/**
 * Reads BERT's vocab.txt: basic tokenizer, then the longest known piece from the left, "##" before all but the first.
 */
export async function readWordPiece(folder: TokenizerFolder, config: TokenizerConfig): Promise<Vocabulary> {
  const ids = readVocabulary(await folder.text("vocab.txt"), folder.file("vocab.txt"));
  const unknown = config.token("unk_token") ?? "[UNK]";
  if (!ids.has(unknown)) {
    throw new GlmEvalError(
      "tokenizer-damaged",
      `${folder.file("vocab.txt")} has ${ids.size} tokens but lacks ${unknown}, the token for unknown words`,
      { hint: "vocab.txt must have one token per line, like BERT's." },
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
    encode: (text) => tokenizer.encode(splitBasicTokens(text, settings)).ids,
    settings: { ...settings, unknown },
  };
}
