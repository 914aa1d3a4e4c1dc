import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { GlmEvalError } from "../../errors.js";

/** Piece types of sentencepiece_model.proto. */
export const PIECE = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

export interface SentencePiece {
  readonly piece: string;
  readonly score: number;
  readonly type: number;
}

export interface NormalizerSpec {
  /** compiled character rules; empty if there are none */
  readonly charsmap: Uint8Array;
  readonly addDummyPrefix: boolean;
  readonly removeExtraWhitespaces: boolean;
  readonly escapeWhitespaces: boolean;
}

export interface SentencePieceFile {
  readonly modelType: "unigram" | "bpe";
  readonly pieces: readonly SentencePiece[];
  readonly unknownId: number;
  readonly normalizer: NormalizerSpec;
}

/** Number and value of a protobuf field: a number (varint or float) or the bytes of a string or message. */
type WireField = [number: number, value: number | Uint8Array];

function* readFields(bytes: Uint8Array): Generator<WireField> {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag();
    if (wire === WireType.Varint) yield [number, Number(reader.uint64())];
    else if (wire === WireType.LengthDelimited) yield [number, reader.bytes()];
    else if (wire === WireType.Bit32) yield [number, reader.float()];
    else if (wire === WireType.Bit64) yield [number, reader.double()];
    else throw new RangeError(`wire type ${wire}`);
  }
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function asBytes(value: number | Uint8Array): Uint8Array {
  if (typeof value === "number") throw new TypeError("a number where bytes were expected");
  return value;
}

function asNumber(value: number | Uint8Array): number {
  if (typeof value !== "number") throw new TypeError("bytes where a number was expected");
  return value;
}

function readPiece(bytes: Uint8Array): SentencePiece {
  let [piece, score, type]: [string, number, number] = ["", 0, PIECE.normal];
  for (const [number, value] of readFields(bytes)) {
    if (number === 1) piece = UTF8.decode(asBytes(value));
    else if (number === 2) score = asNumber(value);
    else if (number === 3) type = asNumber(value);
  }
  return { piece, score, type };
}

function readNormalizer(bytes: Uint8Array): NormalizerSpec {
  const spec = {
    charsmap: new Uint8Array(0),
    addDummyPrefix: true,
    removeExtraWhitespaces: true,
    escapeWhitespaces: true,
  };
  for (const [number, value] of readFields(bytes)) {
    if (number === 2) spec.charsmap = Uint8Array.from(asBytes(value));
    else if (number === 3) spec.addDummyPrefix = value !== 0;
    else if (number === 4) spec.removeExtraWhitespaces = value !== 0;
    else if (number === 5) spec.escapeWhitespaces = value !== 0;
  }
  return spec;
}

const MODEL_TYPES = ["?", "unigram", "bpe", "word", "char"];

/**
 * Reads a SentencePiece `.model`: a protobuf ModelProto (sentencepiece_model.proto) with pieces (field 1), trainer (2)
 * and normalizer (3).
 *
 * @throws GlmEvalError (data) if it is not one, or is of an unsupported kind
 */
export function parseSentencePiece(bytes: Uint8Array, file: string): SentencePieceFile {
  const pieces: SentencePiece[] = [];
  const trainer = new Map<number, number | Uint8Array>();
  let normalizer = readNormalizer(new Uint8Array(0));
  try {
    for (const [number, value] of readFields(bytes)) {
      if (number === 1) pieces.push(readPiece(asBytes(value)));
      else if (number === 2)
        for (const [field, setting] of readFields(asBytes(value))) trainer.set(field, setting);
      else if (number === 3) normalizer = readNormalizer(asBytes(value));
    }
  } catch (cause) {
    throw notSentencePiece(file, (cause as Error).message, cause);
  }
  if (pieces.length === 0) throw notSentencePiece(file, "it contains no pieces");
  const type = MODEL_TYPES[Number(trainer.get(3) ?? 1)] ?? "?";
  if (type !== "unigram" && type !== "bpe") {
    throw new GlmEvalError(
      "tokenizer-not-supported",
      `${file} is a SentencePiece model of type "${type}", expected "bpe" or "unigram"`,
    );
  }
  for (const [field, name] of [
    [24, "treat_whitespace_as_suffix"],
    [35, "byte_fallback"],
  ] as const) {
    if (trainer.get(field)) {
      throw new GlmEvalError(
        "tokenizer-not-supported",
        `${file} uses SentencePiece's ${name}, which no GLM tokenizer uses and glm-eval does not support`,
      );
    }
  }
  const unknownId = pieces.findIndex((piece) => piece.type === PIECE.unknown);
  if (unknownId < 0) throw notSentencePiece(file, "none of its pieces is the unknown piece");
  return { modelType: type, pieces, unknownId, normalizer };
}

export function notSentencePiece(file: string, why: string, cause?: unknown): GlmEvalError {
  return new GlmEvalError("tokenizer-damaged", `${file} is not a SentencePiece model: ${why}`, {
    hint: "Chinese GLMs ship cog-pretrain.model; a small text file with that name may be a pointer from an incomplete download.",
    cause,
  });
}
