import { createHash } from "node:crypto";
import { GlmEvalError } from "../../errors.js";
import { readBytePairs } from "./bpe.js";
import { readSentencePiece } from "./sentencepiece.js";
import { findSpecialTokens } from "./special-tokens.js";
import type { LoadedTokenizer, TokenizerOptions } from "./tokenizer.js";
import { TokenizerConfig } from "./tokenizer-config.js";
import { TokenizerFolder } from "./tokenizer-folder.js";
import type { Vocabulary } from "./vocabulary.js";
import { readWordPiece } from "./wordpiece.js";

/** A lone surrogate is not a character: the references cannot process it, so it is treated as U+FFFD. */
const LONE_SURROGATE = /\p{Surrogate}/gu;
const BLANK = /^\p{White_Space}*$/u;

/**
 * Reads a checkpoint's tokenizer from the files that GLM repositories ship: vocab.txt (WordPiece), vocab.json with
 * merges.txt (byte-level BPE), or a SentencePiece .model, each with added_tokens.json and tokenizer_config.json.
 *
 * @throws GlmEvalError if the folder or a file is missing or damaged, if special tokens are missing (not a GLM
 * tokenizer), or if an id exceeds the model's vocabulary
 */
export async function loadTokenizer(path: string, options: TokenizerOptions): Promise<LoadedTokenizer> {
  const folder = await TokenizerFolder.open(path);
  const read = findVocabularyReader(folder);
  const config = await TokenizerConfig.read(folder);
  const vocabulary = await read(folder, config);
  const ids = mergeAddedTokens(folder, vocabulary.ids, config.added);
  const tokens: string[] = [];
  for (const [token, id] of ids) tokens[id] = token;
  if (tokens.length > options.vocabSize) {
    const last = tokens.length - 1;
    throw new GlmEvalError(
      "tokenizer-mismatch",
      `${path} has ids up to ${last} (${JSON.stringify(tokens[last])}), but the model's vocabulary has only ${options.vocabSize} ids: tokenizer and model do not belong together`,
      { hint: "Use the tokenizer files from the same checkpoint as the weights." },
    );
  }
  const { special, masks } = findSpecialTokens(path, ids, vocabulary.family, config, options);
  return {
    family: vocabulary.family,
    special,
    masks,
    size: tokens.length,
    encode(text) {
      const wellFormed = text.replace(LONE_SURROGATE, "\ufffd");
      return BLANK.test(wellFormed) ? [] : vocabulary.encode(wellFormed);
    },
    token: (id) => tokens[id] ?? `<${id}>`,
    hash: contentHash(folder, vocabulary, special),
  };
}

type VocabularyReader = (folder: TokenizerFolder, config: TokenizerConfig) => Promise<Vocabulary>;

/**
 * Determines the family from the files; two families in one folder are an error, because the choice would be
 * arbitrary.
 */
function findVocabularyReader(folder: TokenizerFolder): VocabularyReader {
  const { names, path } = folder;
  const found: { files: string; read: VocabularyReader }[] = [];
  if (names.has("vocab.txt")) found.push({ files: "vocab.txt", read: readWordPiece });
  if (names.has("vocab.json") && names.has("merges.txt"))
    found.push({ files: "vocab.json", read: readBytePairs });
  for (const name of [...names].filter((file) => file.endsWith(".model")).sort()) {
    found.push({ files: name, read: (from) => readSentencePiece(from, name) });
  }
  if (found.length === 1) return found[0]!.read;
  if (found.length > 1) {
    throw new GlmEvalError(
      "several-tokenizers",
      `${path} contains ${found.length} vocabularies (${found.map(({ files }) => files).join(", ")}), expected one`,
      { hint: "Keep only the files that belong to this checkpoint." },
    );
  }
  const half = ["vocab.json", "merges.txt"].filter((name) => names.has(name));
  throw new GlmEvalError(
    "tokenizer-not-found",
    `${path} contains no tokenizer: looked for vocab.txt, vocab.json with merges.txt${half.length > 0 ? ` (only ${half[0]} is there)` : ""}, and a SentencePiece *.model`,
    { hint: "Copy the tokenizer files of the checkpoint's repository into this folder." },
  );
}

/** Merges the added tokens into the vocabulary; each token must have one id and each id one token. */
function mergeAddedTokens(
  folder: TokenizerFolder,
  vocabulary: ReadonlyMap<string, number>,
  added: ReadonlyMap<string, number>,
): Map<string, number> {
  const ids = new Map(vocabulary);
  const tokens = new Map([...vocabulary].map(([token, id]) => [id, token]));
  for (const [token, id] of added) {
    const [otherId, otherToken] = [ids.get(token), tokens.get(id)];
    if ((otherId ?? id) !== id || (otherToken ?? token) !== token) {
      throw new GlmEvalError(
        "tokenizer-damaged",
        `${folder.file("added_tokens.json")}: ${JSON.stringify(token)} has id ${id}, but the vocabulary has ${otherId === undefined ? `${JSON.stringify(otherToken)} there` : `it at ${otherId}`}`,
        { hint: "added_tokens.json and the vocabulary must come from the same checkpoint." },
      );
    }
    ids.set(token, id);
    tokens.set(id, token);
  }
  return ids;
}

function contentHash(folder: TokenizerFolder, vocabulary: Vocabulary, special: object): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([vocabulary.family, vocabulary.settings, special]));
  // Hash names and sizes too, so that moving bytes from one file to the next changes the hash.
  for (const { name, bytes } of folder.filesRead) {
    // Its effect on ids is covered by the settings and special ids; its name and chat settings affect none.
    if (name === "tokenizer_config.json") continue;
    hash.update(`\n${name} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest("hex");
}
