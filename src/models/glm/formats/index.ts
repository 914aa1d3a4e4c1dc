import { GlmEvalError } from "../../../errors.js";
import type { Dtype } from "../../config/index.js";
import { blocks } from "./blocks.js";
import { float16, float32, floatLinear } from "./floats.js";
import { int8 } from "./int8.js";
import type { FloatFormat, LinearFormat } from "./weight-format.js";

export type { EncodedBytes, MatrixSource, Stored, StoredPart, WeightFormat } from "./weight-format.js";

/** How a dtype stores a GLM: the matrices of its linear layers, and all else (embeddings, biases and norms). */
interface Precision {
  readonly linear: LinearFormat;
  readonly other: FloatFormat;
  /**
   * The embedding table once more, for the vocabulary's product; the table itself unless given. What comes out gives the
   * sum over the vocabulary, in which the errors of single logits cancel each other, and the likeliest token; the logits
   * of the tokens that are asked for are computed with the table.
   */
  readonly head?: LinearFormat;
}

const PRECISIONS = {
  fp32: { linear: floatLinear(float32), other: float32 },
  fp16: { linear: floatLinear(float16), other: float16 },
  int8: { linear: int8, other: float32, head: int8 },
  q8: { linear: blocks(8), other: float32 },
  q4: { linear: blocks(4), other: float32 },
} satisfies Partial<Record<Dtype, Precision>>;

/** The number formats that a GLM checkpoint can be converted to. */
export type GlmDtype = keyof typeof PRECISIONS;

export const GLM_DTYPES = Object.keys(PRECISIONS) as readonly GlmDtype[];

export function precisionOf(dtype: GlmDtype): Precision {
  return PRECISIONS[dtype];
}

/** @throws GlmEvalError (model) for a dtype that only ONNX exports have */
export function glmDtype(dtype: Dtype): GlmDtype {
  if (dtype in PRECISIONS) return dtype as GlmDtype;
  throw new GlmEvalError(
    "dtype-not-available",
    `a GLM checkpoint cannot be converted to ${dtype}; its dtypes are ${GLM_DTYPES.join(", ")}`,
    { hint: "The others are those of ONNX exports of other models." },
  );
}
