/** The least float32 that rounds to infinity in half precision: halfway from 65504 to 65536. */
const BEYOND = 65_520;

/** Index of the first value that half precision cannot hold, −1 where it holds all. */
export function firstBeyondHalf(values: Float32Array): number {
  for (let i = 0; i < values.length; i++) if (Math.abs(values[i]!) >= BEYOND) return i;
  return -1;
}

/**
 * float32 → IEEE 754 binary16, rounded to nearest, ties to even. All values are finite and below `BEYOND`.
 *
 * A binary16 is sign 1, exponent 5 (bias 15), fraction 10. From 2^-14 on, the float32's exponent is rebiased and its
 * fraction's lower 13 bits are rounded away; a carry runs into the exponent, as it must. Below, values are multiples of
 * 2^-24: adding 0.5, whose unit in the last place is just that, makes the float32 unit round.
 */
export function toHalf(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  const one = new Float32Array(1);
  const oneBits = new Uint32Array(one.buffer);
  for (let i = 0; i < bits.length; i++) {
    const all = bits[i]!;
    const magnitude = all & 0x7fffffff;
    let half: number;
    if (magnitude >= 0x38800000) {
      const odd = (magnitude >>> 13) & 1;
      half = (magnitude - 0x38000000 + 0xfff + odd) >>> 13;
    } else {
      one[0] = Math.abs(values[i]!) + 0.5;
      half = oneBits[0]! - 0x3f000000;
    }
    halves[i] = ((all >>> 16) & 0x8000) | half;
  }
  return halves;
}
