import { GlmEvalError } from "../../errors.js";

/** A tensor's values, handed on in whole rows. */
export interface Rows {
  /**
   * The next `count` rows, in chunks.
   * @throws GlmEvalError("data") where there are fewer
   */
  take(count: number): AsyncIterable<Float32Array>;
}

/** Whole rows of `columns` values from chunks that end anywhere. */
export function rowsOf(name: string, chunks: AsyncIterable<Float32Array>, columns: number): Rows {
  const source = chunks[Symbol.asyncIterator]();
  let rest: Float32Array = new Float32Array(0);
  return {
    async *take(count) {
      for (let left = count * columns; left > 0; ) {
        const whole = Math.min(left, rest.length - (rest.length % columns));
        if (whole > 0) {
          yield rest.subarray(0, whole);
          rest = rest.subarray(whole);
          left -= whole;
          continue;
        }
        const next = await source.next();
        if (next.done)
          throw new GlmEvalError("data", `${name} ends ${left - rest.length} values before its shape does`);
        rest = rest.length === 0 ? next.value : joined(rest, next.value);
      }
    },
  };
}

function joined(a: Float32Array, b: Float32Array): Float32Array {
  const both = new Float32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
