import type { ExternalData, Graph, WeightType } from "../../onnx/index.js";

/** One tensor of the data file. */
export interface WeightPart {
  /** added to the matrix's own name */
  readonly suffix: string;
  readonly type: WeightType;
  readonly shape: readonly number[];
}

/** A part with its name in the graph and its place in the data file. */
export interface StoredPart {
  readonly name: string;
  readonly type: WeightType;
  readonly shape: readonly number[];
  readonly data: ExternalData;
}

/** A matrix [rows, columns] (or a vector, or a third of a matrix) as it lies in the data file. */
export interface Stored {
  readonly rows: number;
  readonly columns: number;
  readonly parts: readonly StoredPart[];
  /** so much of it comes from the checkpoint; what lies beyond are zeros */
  readonly given: { readonly rows: number; readonly columns: number };
}

/** Bytes of one part, from `at` on. */
export interface EncodedBytes {
  readonly part: number;
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** What is written: `rows` rows of `columns` float32 values, from a tensor of the checkpoint. */
export interface MatrixSource {
  /** of the checkpoint's tensor, for messages */
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** the values in row-major order, in chunks of whole rows */
  readonly chunks: AsyncIterable<Float32Array>;
}

/** A way to store tensors of any shape. */
export interface WeightFormat {
  parts(shape: readonly number[]): readonly WeightPart[];
  /** @throws GlmEvalError (model) where the format cannot hold a value */
  encode(source: MatrixSource): AsyncIterable<EncodedBytes>;
}

/** A format whose values the graph reads as float32. */
export interface FloatFormat extends WeightFormat {
  read(g: Graph, stored: Stored): string;
}

/** A format of matrices [out, in] (torch's layout) that the graph multiplies with. */
export interface LinearFormat extends WeightFormat {
  /** How many columns a matrix of so many is stored with: more where that makes its products faster. */
  width(columns: number): number;
  /** whether queries, keys and values are made faster by one product, which is divided, than by three */
  readonly joint: boolean;
  /** x [T, in] → x·Wᵀ [T, out] in float32, for several matrices over the same x, which is as wide as they are stored. */
  products(g: Graph, x: string, matrices: readonly Stored[]): string[];
}

/** Declares a part as a constant of the graph, once. */
export function declarePart(g: Graph, { name, type, shape, data }: StoredPart): string {
  return g.initializers.has(name) ? name : g.weight(name, shape, data, type);
}
