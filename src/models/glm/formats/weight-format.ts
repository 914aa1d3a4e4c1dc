import type { ExternalData, Graph, WeightType } from "../../onnx/index.js";

/** One tensor of the data file. */
export interface WeightPart {
  /** appended to the matrix's name */
  readonly suffix: string;
  readonly type: WeightType;
  readonly shape: readonly number[];
}

/** A part with its name in the graph and its position in the data file. */
export interface StoredPart {
  readonly name: string;
  readonly type: WeightType;
  readonly shape: readonly number[];
  readonly data: ExternalData;
}

/** A matrix [rows, columns] (or a vector, or a third of a matrix) as stored in the data file. */
export interface Stored {
  readonly rows: number;
  readonly columns: number;
  readonly parts: readonly StoredPart[];
  /** the size of the part that comes from the checkpoint; the rest is zeros */
  readonly given: { readonly rows: number; readonly columns: number };
}

/** Bytes of one part, starting at byte `at`. */
export interface EncodedBytes {
  readonly part: number;
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** The values to write: `rows` rows of `columns` float32 values, from a tensor of the checkpoint. */
export interface MatrixSource {
  /** name of the checkpoint's tensor, for messages */
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** the values in row-major order, in chunks of complete rows */
  readonly chunks: AsyncIterable<Float32Array>;
}

/** A way to store tensors of any shape. */
export interface WeightFormat {
  parts(shape: readonly number[]): readonly WeightPart[];
  /** @throws GlmEvalError (model) if a value is outside the format's range */
  encode(source: MatrixSource): AsyncIterable<EncodedBytes>;
}

/** A format whose values the graph reads as float32. */
export interface FloatFormat extends WeightFormat {
  read(g: Graph, stored: Stored): string;
}

/** A format of matrices [out, in] (torch's layout) that the graph multiplies with. */
export interface LinearFormat extends WeightFormat {
  /** Returns the number of columns to store a matrix with: more than it has if that makes its products faster. */
  width(columns: number): number;
  /** whether one product for queries, keys and values, which is then split, is faster than three */
  readonly joint: boolean;
  /**
   * Computes x·Wᵀ [T, out] in float32 from x [T, in], for several matrices and the same x, which is as wide as they
   * are stored.
   */
  products(g: Graph, x: string, matrices: readonly Stored[]): string[];
}

/** Declares a part as a constant of the graph, unless it is already declared. */
export function declarePart(g: Graph, { name, type, shape, data }: StoredPart): string {
  return g.initializers.has(name) ? name : g.weight(name, shape, data, type);
}
