import type { Section } from "./json-section.js";
import { createLibraryModel } from "./library-model.js";
import { cacheWords } from "./word-cache.js";

export interface JsonModel {
  /** the model's own vocabulary, without added tokens */
  readonly ids: ReadonlyMap<string, number>;
  readonly unknown: number | undefined;
  /** returns the ids of one pre-tokenized piece */
  encode(piece: string): readonly number[];
}

/** Half of a surrogate pair: as a prefix of a piece, it ensures that no text contains the piece. */
const UNREACHABLE = "\ud800";

/**
 * Reads the model of a tokenizer.json. Uses the library, whose models agree with the Rust ones.
 *
 * @param special tokens that text must never be encoded to. A single-character one is kept, because it is also an
 *   ordinary piece (a vocabulary that pads with "!").
 */
export function readModel(section: Section, special: ReadonlySet<string>): JsonModel {
  const type = section.type ?? typeByFields(section);
  const hidden = (token: string) => special.has(token) && [...token].length > 1;
  switch (type) {
    case "WordPiece":
      return wordPiece(section, hidden);
    case "BPE":
      return bytePairs(section, hidden);
    case "Unigram":
      return unigram(section, hidden);
    default:
      throw section.refuse(`a model of type ${JSON.stringify(type ?? null)}`);
  }
}

/** Infers the type, which old files do not state. */
function typeByFields({ values }: Section): string | undefined {
  if (Array.isArray(values.vocab)) return "Unigram";
  if ("merges" in values) return "BPE";
  return "max_input_chars_per_word" in values ? "WordPiece" : undefined;
}

function wordPiece(section: Section, hidden: (token: string) => boolean): JsonModel {
  const ids = readIds(section);
  const unknownToken = section.text("unk_token") ?? "[UNK]";
  const unknown = ids.get(unknownToken);
  if (unknown === undefined) {
    throw section.error("unk_token", unknownToken, "a token of the vocabulary");
  }
  const model = createLibraryModel({
    type: "WordPiece",
    vocab: Object.fromEntries([...ids].filter(([token]) => token === unknownToken || !hidden(token))),
    unk_token: unknownToken,
    continuing_subword_prefix: section.text("continuing_subword_prefix") ?? "##",
    max_input_chars_per_word: section.number("max_input_chars_per_word") ?? 100,
  });
  return { ids, unknown, encode: makeEncoder(model, ids, unknown) };
}

function bytePairs(section: Section, hidden: (token: string) => boolean): JsonModel {
  const ids = readIds(section);
  const merges = section.list("merges").map((merge, i): [string, string] => {
    const pair: unknown = typeof merge === "string" ? merge.split(" ") : merge;
    if (Array.isArray(pair) && pair.length === 2 && pair.every((half) => typeof half === "string")) {
      return pair as [string, string];
    }
    throw section.error(`merges[${i}]`, merge, "two pieces");
  });
  if (section.number("dropout")) throw section.refuse("dropout, which makes ids random,");
  if (section.text("continuing_subword_prefix")) throw section.refuse("a continuing_subword_prefix for BPE");
  const mergeResults = new Set(merges.map(([left, right]) => left + right));
  const unknownToken = section.text("unk_token");
  const unknown = unknownToken === undefined ? undefined : ids.get(unknownToken);
  const model = createLibraryModel({
    type: "BPE",
    vocab: Object.fromEntries([...ids].filter(([token]) => mergeResults.has(token) || !hidden(token))),
    merges,
    unk_token: unknownToken ?? null,
    fuse_unk: section.flag("fuse_unk") ?? false,
    byte_fallback: section.flag("byte_fallback") ?? false,
    ignore_merges: section.flag("ignore_merges") ?? false,
    end_of_word_suffix: section.text("end_of_word_suffix") ?? null,
  });
  return { ids, unknown, encode: makeEncoder(model, ids, unknown) };
}

function unigram(section: Section, hidden: (token: string) => boolean): JsonModel {
  const pieces = section.list("vocab").map((entry, i): [string, number] => {
    const [piece, score] = Array.isArray(entry) ? (entry as unknown[]) : [];
    if (typeof piece === "string" && typeof score === "number") return [piece, score];
    throw section.error(`vocab[${i}]`, entry, "a piece and its score");
  });
  const byteFallback = section.flag("byte_fallback") ?? false;
  const unknown = section.number("unk_id");
  if (unknown === undefined ? !byteFallback : pieces[unknown] === undefined) {
    throw section.error("unk_id", unknown ?? null, "the id of a piece");
  }
  const vocab = pieces.map(([piece, score], id): [string, number] => [
    hidden(piece) || id === unknown ? UNREACHABLE + piece : piece,
    score,
  ]);
  const model = createLibraryModel({ type: "Unigram", unk_id: unknown ?? null, vocab });
  const ids = new Map(pieces.map(([piece], id) => [piece, id]));
  const reachable = new Map(vocab.map(([piece], id) => [piece, id]));
  return { ids, unknown, encode: makeEncoder(model, reachable, unknown, byteFallback) };
}

/**
 * Returns an encoder of single pieces. A token without an id becomes the unknown token, or its bytes. Pieces are
 * encoded one at a time, because the library would merge unknown characters across pieces.
 */
function makeEncoder(
  model: (piece: string) => string[],
  ids: ReadonlyMap<string, number>,
  unknown: number | undefined,
  byteFallback = false,
): JsonModel["encode"] {
  const toByteIds = (token: string): number[] => {
    if (!byteFallback) return [];
    const found = [...new TextEncoder().encode(token)].map((byte) =>
      ids.get(`<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`),
    );
    return found.every((id) => id !== undefined) ? (found as number[]) : [];
  };
  const toIds = (token: string): number[] => {
    const id = ids.get(token);
    if (id !== undefined) return [id];
    const bytes = toByteIds(token);
    return bytes.length > 0 || unknown === undefined ? bytes : [unknown];
  };
  return cacheWords((piece) => model(piece).flatMap(toIds));
}

function readIds(section: Section): Map<string, number> {
  const vocabulary = section.section("vocab")?.values ?? {};
  const ids = new Map<string, number>();
  for (const [token, id] of Object.entries(vocabulary)) {
    if (typeof id !== "number" || !Number.isInteger(id) || id < 0) {
      throw section.error(`vocab[${JSON.stringify(token)}]`, id, "a non-negative integer");
    }
    ids.set(token, id);
  }
  if (ids.size === 0) throw section.error("vocab", {}, "tokens and their ids");
  return ids;
}
