import { GlmEvalError } from "../../errors.js";
import type { Stored } from "./formats/index.js";

/** A tensor's values, read in complete rows. */
export interface Rows {
  /**
   * Reads the next `count` rows, in chunks.
   * @throws GlmEvalError (data) if there are fewer
   */
  take(count: number): AsyncIterable<Float32Array>;
}

/** Reads complete rows of `columns` values from chunks that may end anywhere. */
export function readRows(name: string, chunks: AsyncIterable<Float32Array>, columns: number): Rows {
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
            `${name} is ${left - rest.length} values shorter than its shape`,
          );
        rest = rest.length === 0 ? next.value : concatenate(rest, next.value);
      }
    },
  };
}

/**
 * Pads each row with zeros, and appends rows of zeros; yields chunks of complete rows.
 * @param chunks chunks of complete rows of `given.columns` values
 */
export async function* padMatrix(
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

function concatenate(a: Float32Array, b: Float32Array): Float32Array {
  const both = new Float32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
