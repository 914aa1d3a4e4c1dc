import { GlmEvalError } from "../../../errors.js";
import type { Dtype } from "../../config/index.js";
import { createBlockFormat } from "./blocks.js";
import { createFloatLinear, float16, float32 } from "./floats.js";
import { int8 } from "./int8.js";
import type { FloatFormat, LinearFormat } from "./weight-format.js";

export type { EncodedBytes, MatrixSource, Stored, StoredPart, WeightFormat } from "./weight-format.js";

/** How a dtype stores a GLM: the matrices of its linear layers, and everything else (embeddings, biases and norms). */
interface Precision {
  readonly linear: LinearFormat;
  readonly other: FloatFormat;
  /**
   * A second copy of the embedding table, for the vocabulary product; default: the table itself. Its result is used for
   * the sum over the vocabulary, in which the errors of single logits cancel out, and for the most likely token; the
   * logits of requested tokens are computed with the table.
   */
  readonly head?: LinearFormat;
}

const PRECISIONS = {
  fp32: { linear: createFloatLinear(float32), other: float32 },
  fp16: { linear: createFloatLinear(float16), other: float16 },
  int8: { linear: int8, other: float32, head: int8 },
  q8: { linear: createBlockFormat(8), other: float32 },
  q4: { linear: createBlockFormat(4), other: float32 },
} satisfies Partial<Record<Dtype, Precision>>;

/** The number formats that a GLM checkpoint can be converted to. */
export type GlmDtype = keyof typeof PRECISIONS;

export const GLM_DTYPES = Object.keys(PRECISIONS) as readonly GlmDtype[];

export function getPrecision(dtype: GlmDtype): Precision {
  return PRECISIONS[dtype];
}

/** @throws GlmEvalError (model) for a dtype that only ONNX exports have */
export function toGlmDtype(dtype: Dtype): GlmDtype {
  if (dtype in PRECISIONS) return dtype as GlmDtype;
  throw new GlmEvalError(
    "dtype-not-available",
    `a GLM checkpoint cannot be converted to ${dtype}; its dtypes are ${GLM_DTYPES.join(", ")}`,
    { hint: "The other dtypes apply to ONNX exports of other models." },
  );
}
