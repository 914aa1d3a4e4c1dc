import { Tokenizer as LibraryTokenizer } from "@huggingface/tokenizers";
import { GlmEvalError } from "../../errors.js";
import type { TokenizerConfig } from "./tokenizer-config.js";
import { readTokenIds, type TokenizerFolder } from "./tokenizer-folder.js";
import type { Vocabulary } from "./vocabulary.js";
import { cacheWords } from "./word-cache.js";

/**
 * GPT-2's words: contractions, letters, digits and other marks, each with an optional leading space, and runs of white
 * space. Not left to the library, whose pattern treats U+FEFF as a space and U+0085 as none.
 */
export const GPT2_WORD =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/** Reads merges.txt: one pair per line, in descending priority. */
function readMerges(text: string, file: string, ids: ReadonlyMap<string, number>): [string, string][] {
  const merges: [string, string][] = [];
  for (const [number, line] of text.split("\n").entries()) {
    if (line === "" || line === "\r" || line.startsWith("#version")) continue;
    const where = `${file}, line ${number + 1}`;
    const [left, right, ...rest] = line.replace(/\r$/, "").split(" ");
    if (!left || !right || rest.length > 0) {
      throw new GlmEvalError(
        "tokenizer-damaged",
        `${where}: ${JSON.stringify(line)} is not a merge, expected two pieces separated by one space`,
      );
    }
    const missing = [left, right, left + right].find((piece) => !ids.has(piece));
    if (missing !== undefined) {
      throw new GlmEvalError(
        "tokenizer-damaged",
        `${where}: merging "${left}" and "${right}" needs "${missing}", which is not in vocab.json`,
        {
          hint: "merges.txt and vocab.json must come from the same tokenizer.",
        },
      );
    }
    merges.push([left, right]);
  }
  if (merges.length === 0) throw new GlmEvalError("tokenizer-damaged", `${file} contains no merges`);
  return merges;
}

/**
 * Returns the 256 characters that represent bytes in byte-level BPE: printable Latin-1 as is, the others from U+0100.
 */
export function getByteCharacters(): string[] {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte > 32 && byte < 127) || (byte > 160 && byte < 256 && byte !== 173);
    return String.fromCharCode(printable ? byte : next++);
  });
}

/** Reads the vocab.json and merges.txt of GPT-2 or RoBERTa. No space is added before the text. */
export async function readBytePairs(folder: TokenizerFolder, config: TokenizerConfig): Promise<Vocabulary> {
  const file = folder.file("vocab.json");
  const vocabulary = await folder.json("vocab.json");
  const ids = readTokenIds(vocabulary, file);
  const merges = readMerges(await folder.text("merges.txt"), folder.file("merges.txt"), ids);
  const unknown = config.token("unk_token") ?? "<unk>";
  const missing = getByteCharacters().filter((character) => !ids.has(character));
  if (missing.length > 0 && !ids.has(unknown)) {
    throw new GlmEvalError(
      "tokenizer-damaged",
      `${file} lacks ${missing.length} of the 256 bytes (the first is "${missing[0]}") and has no ${unknown}`,
      {
        hint: "vocab.json must come from a byte-level tokenizer such as GPT-2's or RoBERTa's.",
      },
    );
  }
  const tokenizer = new LibraryTokenizer(
    {
      normalizer: null,
      pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, use_regex: false },
      model: { type: "BPE", vocab: vocabulary, merges, unk_token: ids.has(unknown) ? unknown : null },
      post_processor: null,
      decoder: null,
      added_tokens: [],
    },
    {},
  );
  const encodeWord = cacheWords((word) => tokenizer.encode(word).ids);
  return {
    family: "bpe",
    ids,
    encode: (text) => (text.match(GPT2_WORD) ?? []).flatMap(encodeWord),
    settings: null,
  };
}
