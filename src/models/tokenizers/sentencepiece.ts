import { GlmEvalError } from "../../errors.js";
import { bpeEncoder, unigramEncoder } from "./sentencepiece-encoder.js";
import { notSentencePiece, PIECE, parseSentencePiece } from "./sentencepiece-model.js";
import { createSentencePieceNormalizer } from "./sentencepiece-normalizer.js";
import type { TokenizerFolder } from "./tokenizer-folder.js";
import type { Vocabulary } from "./vocabulary.js";

/**
 * Reads a SentencePiece model (cog-pretrain.model in Chinese GLMs), which encodes exactly like the sentencepiece
 * library.
 */
export async function readSentencePiece(folder: TokenizerFolder, name: string): Promise<Vocabulary> {
  const file = folder.file(name);
  const model = parseSentencePiece(await folder.bytes(name), file);
  const ids = new Map<string, number>();
  for (const [id, { piece }] of model.pieces.entries()) {
    const other = ids.get(piece);
    if (other !== undefined) {
      throw new GlmEvalError(
        "tokenizer-damaged",
        `${file}: piece ${JSON.stringify(piece)} has ids ${other} and ${id}, expected one`,
      );
    }
    ids.set(piece, id);
  }
  const userDefined = model.pieces.filter(({ type }) => type === PIECE.userDefined).map(({ piece }) => piece);
  let normalize: (text: string) => string;
  try {
    normalize = createSentencePieceNormalizer(model.normalizer, userDefined);
  } catch (cause) {
    throw notSentencePiece(file, (cause as Error).message, cause);
  }
  const encode = model.modelType === "bpe" ? bpeEncoder(model) : unigramEncoder(model);
  return { family: "sentencepiece", ids, encode: (text) => encode(normalize(text)), settings: null };
}
