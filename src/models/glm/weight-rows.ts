import { GlmEvalError } from "../../errors.js";
import type { Stored } from "./formats/index.js";

/** A tensor's values, handed on in whole rows. */
export interface Rows {
  /**
   * The next `count` rows, in chunks.
   * @throws GlmEvalError (data) where there are fewer
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
          throw new GlmEvalError(
            "checkpoint-damaged",
            `${name} ends ${left - rest.length} values before its shape does`,
          );
        rest = rest.length === 0 ? next.value : joined(rest, next.value);
      }
    },
  };
}

/**
 * The same rows with zeros after each, and rows of zeros after them all, in chunks of whole rows.
 * @param chunks of whole rows of `given.columns` values
 */
export async function* filledUp(
  chunks: AsyncIterable<Float32Array>,
  { rows, columns, given }: Pick<Stored, "rows" | "columns" | "given">,
): AsyncIterable<Float32Array> {
  if (columns === given.columns) yield* chunks;
  else
    for await (const chunk of chunks) {
      const count = chunk.length / given.columns;
      const wide = new Float32Array(count * columns);
      for (let row = 0; row < count; row++)
        wide.set(chunk.subarray(row * given.columns, (row + 1) * given.columns), row * columns);
      yield wide;
    }
  if (rows > given.rows) yield new Float32Array((rows - given.rows) * columns);
}

function joined(a: Float32Array, b: Float32Array): Float32Array {
  const both = new Float32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
