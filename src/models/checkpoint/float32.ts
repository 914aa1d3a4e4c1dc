import type { TensorType } from "./checkpoint.js";

export const BYTES_PER_ELEMENT: Readonly<Record<TensorType, number>> = {
  float32: 4,
  float16: 2,
  bfloat16: 2,
  float64: 8,
};

/**
 * Converts little-endian values of `type` to float32 (float64 is rounded to nearest). `bytes` must start at offset 0 of
 * its buffer; for float32 the result shares that buffer.
 */
export function toFloat32(bytes: Uint8Array<ArrayBuffer>, type: TensorType): Float32Array {
  const length = bytes.byteLength / BYTES_PER_ELEMENT[type];
  switch (type) {
    case "float32":
      return new Float32Array(bytes.buffer, 0, length);
    case "float64":
      return Float32Array.from(new Float64Array(bytes.buffer, 0, length));
    case "float16": {
      const halves = new Uint16Array(bytes.buffer, 0, length);
      const table = getHalfTable();
      const values = new Float32Array(length);
      for (let i = 0; i < length; i++) values[i] = table[halves[i]!]!;
      return values;
    }
    case "bfloat16": {
      // A bfloat16 is the upper half of a float32.
      const halves = new Uint16Array(bytes.buffer, 0, length);
      const bits = new Uint32Array(length);
      for (let i = 0; i < length; i++) bits[i] = halves[i]! << 16;
      return new Float32Array(bits.buffer);
    }
  }
}

/** Returns the index of the first NaN or infinity, −1 if all values are finite. */
export function findNonFinite(values: Float32Array): number {
  // Tests the bits for an exponent of all ones. Comparing floats would be slower and need two tests.
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) {
    if ((bits[i]! & 0x7f800000) === 0x7f800000) return i;
  }
  return -1;
}

let table: Float32Array | undefined;

/** Table of all 65,536 half-precision values (IEEE 754 binary16): a lookup is faster than a computation. */
function getHalfTable(): Float32Array {
  if (table === undefined) {
    table = new Float32Array(65_536);
    for (let bits = 0; bits < 65_536; bits++) {
      const exponent = (bits >> 10) & 31;
      const fraction = bits & 1023;
      let value: number;
      if (exponent === 31) value = fraction === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
      else if (exponent === 0) value = fraction * 2 ** -24;
      else value = (1024 + fraction) * 2 ** (exponent - 25);
      table[bits] = bits >= 32_768 ? -value : value;
    }
  }
  return table;
}
