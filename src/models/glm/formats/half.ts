/** The smallest float32 that rounds to infinity in half precision: halfway between 65504 and 65536. */
const BEYOND = 65_520;

/** Returns the index of the first value outside the range of half precision, −1 if there is none. */
export function findBeyondHalf(values: Float32Array): number {
  for (let i = 0; i < values.length; i++) if (Math.abs(values[i]!) >= BEYOND) return i;
  return -1;
}

/**
 * Converts float32 to IEEE 754 binary16, rounding to nearest, ties to even. All values must be finite and below
 * `BEYOND`.
 *
 * A binary16 has 1 sign bit, 5 exponent bits (bias 15) and 10 fraction bits. From 2^-14 up, the float32's exponent is
 * rebiased and the lower 13 bits of its fraction are rounded away; a carry goes into the exponent, as it should. Below
 * that, values are multiples of 2^-24: adding 0.5, whose unit in the last place is exactly that, makes the float32 addition round.
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
