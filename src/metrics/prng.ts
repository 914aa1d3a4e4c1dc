/**
 * xoshiro128** 1.1 (Blackman and Vigna 2018, public domain, https://prng.di.unimi.it/xoshiro128starstar.c): returns a
 * function that returns the next 32 bits as an integer in [0, 2^32). `state` is four words, not all zero.
 */
export function xoshiro128(state: readonly [number, number, number, number]): () => number {
  let [a, b, c, d] = state;
  return () => {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };
}

/**
 * Returns the generator for a seed (an integer, of which the low 32 bits are used). The state comes from SplitMix32, the
 * 32-bit finalizer of MurmurHash3 over a Weyl sequence, so adjacent seeds give unrelated sequences.
 */
export function seeded(seed: number): () => number {
  let weyl = seed >>> 0;
  const next = () => {
    weyl = (weyl + 0x9e3779b9) >>> 0;
    let z = weyl;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  return xoshiro128([next(), next(), next(), next()]);
}
