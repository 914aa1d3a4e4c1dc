/**
 * The suffix that each dtype adds to the name of an export's ONNX file, in order of preference: closest to the
 * original weights first.
 */
export const DTYPE_SUFFIX = {
  fp32: "",
  fp16: "_fp16",
  q8: "_quantized",
  int8: "_int8",
  uint8: "_uint8",
  q4: "_q4",
  q4f16: "_q4f16",
  bnb4: "_bnb4",
} as const;

/** The number format of an export's weights. */
export type Dtype = keyof typeof DTYPE_SUFFIX;

export const DTYPES = Object.keys(DTYPE_SUFFIX) as Dtype[];
