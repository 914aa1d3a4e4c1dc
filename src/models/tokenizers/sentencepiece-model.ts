import { GlmEvalError } from "../../errors.js";

/** Types of pieces in sentencepiece_model.proto. */
export const PIECE = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

export interface Piece {
  readonly piece: string;
  readonly score: number;
  readonly type: number;
}

export interface NormalizerSpec {
  /** compiled character rules; empty for none */
  readonly charsmap: Uint8Array;
  readonly addDummyPrefix: boolean;
  readonly removeExtraWhitespaces: boolean;
  readonly escapeWhitespaces: boolean;
}

export interface SentencePieceFile {
  readonly modelType: "unigram" | "bpe";
  readonly pieces: readonly Piece[];
  readonly unknownId: number;
  readonly normalizer: NormalizerSpec;
}

/** Field number and value of a protobuf message: a number (varint or float) or the bytes of a string or message. */
type Field = [number: number, value: number | Uint8Array];

function* fields(bytes: Uint8Array): Generator<Field> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = () => {
    // Numbers here are far below 2^53, but negative int32s (bos_id: -1) take ten bytes: keep what a double can.
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = view.getUint8(at++);
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const [number, wire] = [Math.floor(key / 8), key % 8];
    if (wire === 0) yield [number, varint()];
    else if (wire === 2) {
      const length = varint();
      if (at + length > bytes.length) throw new RangeError("a field reaches past the end");
      yield [number, bytes.subarray(at, at + length)];
      at += length;
    } else if (wire === 5) {
      yield [number, view.getFloat32(at, true)];
      at += 4;
    } else if (wire === 1) {
      yield [number, view.getFloat64(at, true)];
      at += 8;
    } else throw new RangeError(`wire type ${wire}`);
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

function readPiece(bytes: Uint8Array): Piece {
  let [piece, score, type]: [string, number, number] = ["", 0, PIECE.normal];
  for (const [number, value] of fields(bytes)) {
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
  for (const [number, value] of fields(bytes)) {
    if (number === 2) spec.charsmap = Uint8Array.from(asBytes(value));
    else if (number === 3) spec.addDummyPrefix = value !== 0;
    else if (number === 4) spec.removeExtraWhitespaces = value !== 0;
    else if (number === 5) spec.escapeWhitespaces = value !== 0;
  }
  return spec;
}

const MODEL_TYPES = ["?", "unigram", "bpe", "word", "char"];

/**
 * Reads a SentencePiece `.model`: a protobuf ModelProto (sentencepiece_model.proto) of pieces (field 1), trainer (2)
 * and normalizer (3).
 *
 * @throws GlmEvalError (data) where it is none, or of a kind that is not supported
 */
export function parseSentencePiece(bytes: Uint8Array, file: string): SentencePieceFile {
  const pieces: Piece[] = [];
  const trainer = new Map<number, number | Uint8Array>();
  let normalizer = readNormalizer(new Uint8Array(0));
  try {
    for (const [number, value] of fields(bytes)) {
      if (number === 1) pieces.push(readPiece(asBytes(value)));
      else if (number === 2)
        for (const [field, setting] of fields(asBytes(value))) trainer.set(field, setting);
      else if (number === 3) normalizer = readNormalizer(asBytes(value));
    }
  } catch (cause) {
    throw notSentencePiece(file, (cause as Error).message, cause);
  }
  if (pieces.length === 0) throw notSentencePiece(file, "it holds no pieces");
  const type = MODEL_TYPES[Number(trainer.get(3) ?? 1)] ?? "?";
  if (type !== "unigram" && type !== "bpe") {
    throw new GlmEvalError(
      "data",
      `${file} is a SentencePiece model of type "${type}", expected "bpe" or "unigram"`,
    );
  }
  for (const [field, name] of [
    [24, "treat_whitespace_as_suffix"],
    [35, "byte_fallback"],
  ] as const) {
    if (trainer.get(field)) {
      throw new GlmEvalError(
        "data",
        `${file} uses SentencePiece's ${name}, which no GLM tokenizer does and glm-eval does not support`,
      );
    }
  }
  const unknownId = pieces.findIndex((piece) => piece.type === PIECE.unknown);
  if (unknownId < 0) throw notSentencePiece(file, "none of its pieces is the unknown piece");
  return { modelType: type, pieces, unknownId, normalizer };
}

export function notSentencePiece(file: string, why: string, cause?: unknown): GlmEvalError {
  return new GlmEvalError("data", `${file} is not a SentencePiece model: ${why}`, {
    hint: "Chinese GLMs ship cog-pretrain.model; a small text file of that name may be a pointer left by an unfinished download.",
    cause,
  });
}
